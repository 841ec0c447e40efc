-- Months that are closed, with their sealed totals. `last_version`: the last event of the ledger that counts.
CREATE TABLE {periods} (
    period         text NOT NULL,
    entries        bigint NOT NULL,
    cost_usd       numeric(38, 12) NOT NULL,
    price_usd      numeric(38, 12) NOT NULL,
    commission_usd numeric(38, 12) NOT NULL,
    last_version   bigint NOT NULL,
    {common},
    PRIMARY KEY (tenant_id, period)
);

CREATE INDEX ON {periods} (partner_id, period);
CREATE INDEX ON {periods} (period);
