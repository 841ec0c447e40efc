-- Tenant isolation of one table: the worker serves every tenant, the API sees what its transaction's
-- settings allow. FORCE, because a table's owner would otherwise pass by its policies.
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;

CREATE POLICY worker ON {table} TO hb_worker USING (true) WITH CHECK (true);
CREATE POLICY api ON {table} FOR SELECT TO hb_api USING ({policy});

GRANT SELECT ON {table} TO hb_api;
GRANT SELECT, INSERT ON {table} TO hb_worker;
