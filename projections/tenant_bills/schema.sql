-- What a tenant owes for a month, by the partner of the time. The margin is what is left of the price to the platform.
CREATE TABLE {tenant_bills} (
    period             text NOT NULL,
    calls              bigint NOT NULL,
    written_off        bigint NOT NULL,
    corrections        bigint NOT NULL,
    tokens_input       bigint NOT NULL,
    tokens_output      bigint NOT NULL,
    tokens_cache_read  bigint NOT NULL,
    tokens_cache_write bigint NOT NULL,
    tokens_reasoning   bigint NOT NULL,
    images             bigint NOT NULL,
    audio_ms           bigint NOT NULL,
    cost_usd           numeric(38, 12) NOT NULL,
    price_usd          numeric(38, 12) NOT NULL,
    commission_usd     numeric(38, 12) NOT NULL,
    margin_usd         numeric(38, 12) GENERATED ALWAYS AS (price_usd - cost_usd - commission_usd) STORED,
    {common}
);

CREATE UNIQUE INDEX ON {tenant_bills} (tenant_id, period, partner_id);
CREATE INDEX ON {tenant_bills} (partner_id, period);
