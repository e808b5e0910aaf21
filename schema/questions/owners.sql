-- owners: who has open actions, how many are late, since when?
SELECT owner, count(*) AS open_actions, count(*) FILTER (deadline < today) AS late, min(deadline) AS oldest, count(DISTINCT repo) AS repositories
FROM actions, asked WHERE open GROUP BY owner ORDER BY late DESC, open_actions DESC, owner;
