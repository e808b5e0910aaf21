-- Which waivers end within 30 days?
SELECT w.postmortem, w.rule, w.until, w.approved_by FROM waivers w, meta m
WHERE m.key = 'now' AND w.until BETWEEN CAST(m.value AS DATE) AND CAST(m.value AS DATE) + 30 ORDER BY w.until, w.postmortem, w.rule;
