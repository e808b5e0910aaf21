-- Which deadlines were moved twice or more, and by whose approval was the last time?
WITH moves AS (SELECT record AS postmortem, subject AS action, n, approved_by, count(*) OVER (PARTITION BY record, subject) AS moves,
                      max(n) OVER (PARTITION BY record, subject) AS last
               FROM amendments WHERE kind = 'action' AND field = 'deadline')
SELECT postmortem, action, moves, approved_by FROM moves WHERE n = last AND moves >= 2 ORDER BY moves DESC, postmortem, action;
