-- stale: of which repositories are the rows older than seven days?
SELECT r.repo, r.status, s.last_judged FROM repositories r LEFT JOIN stale s USING (repo), asked
WHERE s.last_judged IS NULL OR s.last_judged < today - INTERVAL 7 DAY ORDER BY s.last_judged NULLS FIRST, r.repo;
