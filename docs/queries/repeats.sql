-- Which class of failure came back on which route?
SELECT l.route, f.class, count(DISTINCT f.postmortem) AS times FROM links l JOIN findings f USING (postmortem)
GROUP BY l.route, f.class HAVING count(DISTINCT f.postmortem) >= 2 ORDER BY times DESC, l.route, f.class;
