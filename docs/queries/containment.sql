-- Of how many reviews do we know the time from warning to containment, and how many seconds was the longest at least?
SELECT count(*) AS postmortems, count(warning_to_containment) AS known, count(warning_to_containment_min) AS bounded,
       max(warning_to_containment_min) AS longest_at_least FROM gaps;
