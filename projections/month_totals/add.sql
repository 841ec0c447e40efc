-- Adds a batch's entries, leaving out those a row already contains (position guard): sums cannot be
-- overwritten, so an event counted twice would stay counted twice.
WITH entries AS (
    SELECT
        r.tenant_id, r.partner_id, r.period, r.kind, r.model, r.about_period,
        coalesce(s.source_kind, '') AS source_kind, coalesce(s.source_id, '') AS source_id,
        coalesce(s.source_name, '') AS source_name,
        r.tokens_input, r.tokens_output, r.tokens_cache_read, r.tokens_cache_write, r.tokens_reasoning,
        r.cost, r.price, r.commission,
        r.posted_payable, r.posted_receivable, r.posted_wallet, r.posted_commission, r.posted_revenue,
        r.imbalance,
        r.created_at, r.position
    FROM json_to_recordset(%s) AS r(
        tenant_id uuid, partner_id uuid, period text, kind text, run uuid, model text, about_period text,
        tokens_input bigint, tokens_output bigint, tokens_cache_read bigint, tokens_cache_write bigint,
        tokens_reasoning bigint, cost numeric, price numeric, commission numeric, posted_payable numeric,
        posted_receivable numeric, posted_wallet numeric, posted_commission numeric, posted_revenue numeric, imbalance numeric,
        created_at timestamptz, position bigint
    )
    LEFT JOIN {run_sources} AS s ON s.execution_id = r.run
)
INSERT INTO {month_totals} AS known (
    tenant_id, partner_id, period, kind, source_kind, source_id, source_name, model, about_period, entries,
    tokens_input, tokens_output, tokens_cache_read, tokens_cache_write, tokens_reasoning,
    cost, price, commission, posted_payable, posted_receivable, posted_wallet, posted_commission,
    posted_revenue, imbalance, created_at, updated_at, position
)
SELECT
    e.tenant_id, e.partner_id, e.period, e.kind,
    e.source_kind, e.source_id, max(e.source_name), e.model, e.about_period, count(*),
    sum(e.tokens_input), sum(e.tokens_output), sum(e.tokens_cache_read), sum(e.tokens_cache_write),
    sum(e.tokens_reasoning),
    sum(e.cost), sum(e.price), sum(e.commission),
    sum(e.posted_payable), sum(e.posted_receivable), sum(e.posted_wallet), sum(e.posted_commission), sum(e.posted_revenue),
    sum(e.imbalance),
    min(e.created_at), max(e.created_at), max(e.position)
FROM entries AS e
LEFT JOIN {month_totals} AS t USING (tenant_id, period, kind, source_id, model, about_period, partner_id)
WHERE e.position > coalesce(t.position, 0)
GROUP BY e.tenant_id, e.partner_id, e.period, e.kind, e.source_kind, e.source_id, e.model, e.about_period
ON CONFLICT (tenant_id, period, kind, source_id, model, about_period, partner_id) DO UPDATE SET
    source_name = excluded.source_name,
    entries = known.entries + excluded.entries,
    tokens_input = known.tokens_input + excluded.tokens_input,
    tokens_output = known.tokens_output + excluded.tokens_output,
    tokens_cache_read = known.tokens_cache_read + excluded.tokens_cache_read,
    tokens_cache_write = known.tokens_cache_write + excluded.tokens_cache_write,
    tokens_reasoning = known.tokens_reasoning + excluded.tokens_reasoning,
    cost = known.cost + excluded.cost,
    price = known.price + excluded.price,
    commission = known.commission + excluded.commission,
    posted_payable = known.posted_payable + excluded.posted_payable,
    posted_receivable = known.posted_receivable + excluded.posted_receivable,
    posted_wallet = known.posted_wallet + excluded.posted_wallet,
    posted_commission = known.posted_commission + excluded.posted_commission,
    posted_revenue = known.posted_revenue + excluded.posted_revenue,
    imbalance = known.imbalance + excluded.imbalance,
    updated_at = excluded.updated_at,
    position = excluded.position
