-- Which evidence was declared missing, and is the action that would capture it still open?
SELECT e.kind, count(*) AS missing, sum(CASE WHEN a.open THEN 1 ELSE 0 END) AS action_open
FROM evidence e LEFT JOIN actions a ON a.postmortem = e.postmortem AND a.action = e.action
WHERE e.n = 0 GROUP BY e.kind ORDER BY missing DESC, e.kind;
