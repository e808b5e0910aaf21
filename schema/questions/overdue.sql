-- overdue: which open actions are past their deadline today?
SELECT repo, postmortem, action, owner, deadline, date_diff('day', deadline, today) AS days, title
FROM actions, asked WHERE open AND deadline < today ORDER BY deadline, repo, postmortem, action;
