-- held: which routes are held, by how much, and who owns them?
SELECT repo, route, count(*) AS holds, min(h.deadline) AS oldest, any_value(r.owner) AS owner, any_value(r.runs) AS runs
FROM holds h LEFT JOIN routes r USING (repo, route) GROUP BY repo, route ORDER BY oldest NULLS LAST, repo, route;
