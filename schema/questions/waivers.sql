-- waivers: which waivers end next, and which have ended?
SELECT repo, postmortem, rule, until, date_diff('day', today, until) AS days, approved_by, reason
FROM waivers, asked ORDER BY until NULLS FIRST, repo, postmortem, rule;
