-- loosened: which repositories took demands of the organisation away, and how?
SELECT repo, rule, how, file, row, findings FROM loosened ORDER BY findings DESC, repo, rule, how;
