-- unowned: which routes have no person who owns them?
SELECT repo, route, owner, state, runs FROM routes
WHERE owner IS NULL OR NOT starts_with(owner, '@') OR owner LIKE '%/%' ORDER BY runs DESC, repo, route;
