-- Adds a batch's calls to the bills, leaving out those a bill already contains (position guard):
-- sums cannot be overwritten, so an event counted twice would stay counted twice.
INSERT INTO {tenant_bills} AS bill (
    tenant_id, partner_id, period, calls, written_off,
    tokens_input, tokens_output, tokens_cache_read, tokens_cache_write, tokens_reasoning,
    cost_usd, price_usd, commission_usd, created_at, updated_at, position
)
SELECT
    r.tenant_id, (array_agg(r.partner_id) FILTER (WHERE r.partner_id IS NOT NULL))[1], r.period, sum(r.calls), sum(r.written_off),
    sum(r.tokens_input), sum(r.tokens_output), sum(r.tokens_cache_read), sum(r.tokens_cache_write),
    sum(r.tokens_reasoning),
    sum(r.cost_usd), sum(r.price_usd), sum(r.commission_usd),
    min(r.created_at), max(r.updated_at), max(r.position)
FROM json_populate_recordset(NULL::{tenant_bills}, %s) AS r
LEFT JOIN {tenant_bills} AS known USING (tenant_id, period)
WHERE r.position > coalesce(known.position, 0)
GROUP BY r.tenant_id, r.period
ON CONFLICT (tenant_id, period) DO UPDATE SET
    partner_id = coalesce(excluded.partner_id, bill.partner_id),
    calls = bill.calls + excluded.calls,
    written_off = bill.written_off + excluded.written_off,
    tokens_input = bill.tokens_input + excluded.tokens_input,
    tokens_output = bill.tokens_output + excluded.tokens_output,
    tokens_cache_read = bill.tokens_cache_read + excluded.tokens_cache_read,
    tokens_cache_write = bill.tokens_cache_write + excluded.tokens_cache_write,
    tokens_reasoning = bill.tokens_reasoning + excluded.tokens_reasoning,
    cost_usd = bill.cost_usd + excluded.cost_usd,
    price_usd = bill.price_usd + excluded.price_usd,
    commission_usd = bill.commission_usd + excluded.commission_usd,
    updated_at = excluded.updated_at,
    position = excluded.position
