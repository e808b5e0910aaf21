-- running-while-held: which routes run although something holds them?
SELECT repo, route, r.owner, count(*) AS holds, min(h.deadline) AS oldest
FROM routes r JOIN holds h USING (repo, route) WHERE r.runs GROUP BY repo, route, r.owner ORDER BY oldest NULLS LAST, repo, route;
