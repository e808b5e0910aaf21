-- Which deadlines were moved twice or more, and by whose approval was the last time?
SELECT record AS postmortem, subject AS action, count(*) AS moves, max(approved_by) AS approved_by
FROM amendments WHERE kind = 'action' AND field = 'deadline'
GROUP BY record, subject HAVING count(*) >= 2 ORDER BY moves DESC, record, subject;
