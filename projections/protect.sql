-- Tenant isolation of one table: the worker serves every tenant, the API sees what its transaction's
-- settings allow. FORCE, because a table's owner would otherwise pass by its policies.
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;

CREATE POLICY worker ON {table} TO hb_worker USING (true) WITH CHECK (true);
-- An unset setting is '' or NULL: no row matches it.
CREATE POLICY api ON {table} FOR SELECT TO hb_api USING (
    tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    OR partner_id = nullif(current_setting('app.partner_id', true), '')::uuid
    OR current_setting('app.scope', true) = 'platform'
);

GRANT SELECT ON {table} TO hb_api;
GRANT SELECT, INSERT ON {table} TO hb_worker;
