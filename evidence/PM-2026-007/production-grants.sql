-- Grants of the role that the coding agent uses. Applied to the production database.
-- The agent keeps reading a masked copy; the live tables are out of its reach.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM agent_development;
REVOKE ALL ON SCHEMA public FROM agent_development;
GRANT USAGE ON SCHEMA masked TO agent_development;
GRANT SELECT ON ALL TABLES IN SCHEMA masked TO agent_development;
ALTER ROLE agent_development SET default_transaction_read_only = on;
