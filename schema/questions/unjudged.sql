-- unjudged: which repositories could not be judged, and why?
SELECT repo, team, status, error, judged_at FROM repositories WHERE status IN ('unreachable', 'unjudged') ORDER BY status, repo;
