-- Which waivers end within 30 days? (SQLite; DuckDB counts days in its own words)
SELECT w.postmortem, w.rule, w.until, w.approved_by FROM waivers w, meta m
WHERE m.key = 'now' AND w.until BETWEEN m.value AND date(m.value, '+30 days') ORDER BY w.until, w.postmortem, w.rule;
