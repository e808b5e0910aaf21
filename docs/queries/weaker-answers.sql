-- Which findings of which month are answered by weaker layers alone?
SELECT substr(CAST(p.opened AS TEXT), 1, 7) AS opened_in, count(*) AS findings
FROM findings f JOIN postmortems p USING (postmortem)
WHERE (SELECT max(a.strength) FROM action_findings l JOIN actions a ON a.postmortem = l.postmortem AND a.action = l.action
       WHERE l.postmortem = f.postmortem AND l.finding = f.finding) = 0
GROUP BY opened_in ORDER BY opened_in;
