-- Many tenants of one partner, each with as many runs, entries and members.
SET session_replication_role = replica;

INSERT INTO tenants (id, name, subdomain, owner_user_id, monthly_budget, status,
    tenant_id, partner_id, created_at, updated_at, position)
SELECT id, 'Tenant ' || n, 't' || n, id, 100, 'active', id, {partner}, now() - n * interval '1 s', now(), n
FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, {tenants}) n) AS made;

INSERT INTO executions (id, source_kind, source_id, source_version, source_hash, source_name, stage, paused,
    priority, root_id, deadline, events, inputs, tenant_id, partner_id, created_at, updated_at, position)
SELECT gen_random_uuid(), 'workflow', id, 1, 'h', 'Workflow', 'succeeded', false,
    0, id, now(), 5, '{{}}', id, partner_id, now() - (m * {tenants} + position) * interval '10 ms', now(), m
FROM generate_series(1, {rows}) m, tenants;

INSERT INTO ledger_entries (id, kind, stream, version, period, tokens_input, tokens_output, tokens_cache_read,
    tokens_cache_write, tokens_reasoning, images, audio_ms, cost_usd, price_usd, commission_usd, postings,
    degraded, quarantined, unplaced, recorded_at, tenant_id, partner_id, created_at, updated_at, position)
SELECT gen_random_uuid(), 'adjustment', 'ledger', m, '2026-11', 1, 1, 0,
    0, 0, 0, 0, 0.1, 0.2, 0.01, '[]',
    false, false, '[]', now() - (m * {tenants} + position) * interval '10 ms', id, partner_id, now(), now(), m
FROM generate_series(1, {rows}) m, tenants;

INSERT INTO members (place_id, id, email, email_index, name, role, tenant_id, partner_id, created_at, updated_at,
    position)
SELECT id, gen_random_uuid(), 'sealed', m || '@' || subdomain, 'sealed', 'tenant_viewer', id, partner_id,
    now() - (m * {tenants} + position) * interval '10 ms', now(), m
FROM generate_series(1, {rows}) m, tenants;

ANALYZE;
