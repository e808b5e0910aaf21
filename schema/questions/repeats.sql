-- repeats: which class of failure came back, on routes of one repository or of several?
SELECT f.class, count(DISTINCT (f.repo, f.postmortem)) AS times, count(DISTINCT f.repo) AS repositories,
       count(DISTINCT (l.repo, l.route)) AS routes, min(f.repo || '//' || f.postmortem) AS first
FROM findings f JOIN links l USING (repo, postmortem) WHERE f.class <> 'other'
GROUP BY f.class HAVING times >= 2 ORDER BY repositories DESC, times DESC, f.class;
