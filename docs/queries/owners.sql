-- Who has open actions, how many are late, since when?
SELECT owner, count(*) AS open_actions, sum(CASE WHEN overdue THEN 1 ELSE 0 END) AS late, min(deadline) AS oldest
FROM actions WHERE open GROUP BY owner ORDER BY late DESC, open_actions DESC, owner;
