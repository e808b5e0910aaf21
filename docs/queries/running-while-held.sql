-- Which routes run although something holds them?
SELECT r.route, r.owner, count(*) AS holds, min(h.deadline) AS oldest
FROM routes r JOIN holds h USING (route) WHERE r.runs GROUP BY r.route, r.owner ORDER BY r.route;
