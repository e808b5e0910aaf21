-- How long was it from first warning to containment, in minutes, at the median and in the worst tenth? (DuckDB alone)
SELECT count(warning_to_containment) AS known, quantile_cont(warning_to_containment, 0.5) / 60 AS median,
       quantile_cont(warning_to_containment, 0.9) / 60 AS worst_tenth FROM gaps;
