-- A tenant's month under one partner, added up by what it was for. Every column is a sum over ledger entries.
CREATE TABLE {month_totals} (
    period             text NOT NULL,
    kind               text NOT NULL,
    source_kind        text NOT NULL,
    source_id          text NOT NULL,
    source_name        text NOT NULL,
    model              text NOT NULL,
    about_period       text NOT NULL,
    entries            bigint NOT NULL,
    tokens_input       bigint NOT NULL,
    tokens_output      bigint NOT NULL,
    tokens_cache_read  bigint NOT NULL,
    tokens_cache_write bigint NOT NULL,
    tokens_reasoning   bigint NOT NULL,
    cost               numeric(38, 12) NOT NULL,
    price              numeric(38, 12) NOT NULL,
    commission         numeric(38, 12) NOT NULL,
    posted_payable     numeric(38, 12) NOT NULL,
    posted_receivable  numeric(38, 12) NOT NULL,
    posted_wallet      numeric(38, 12) NOT NULL,
    posted_commission  numeric(38, 12) NOT NULL,
    posted_revenue     numeric(38, 12) NOT NULL,
    imbalance          numeric(38, 12) NOT NULL,
    {common}
);

CREATE UNIQUE INDEX ON {month_totals} (tenant_id, period, kind, source_id, model, about_period, partner_id);
CREATE INDEX ON {month_totals} (partner_id, period);
CREATE INDEX ON {month_totals} (period);

-- What a run was of: entries name their run only.
CREATE TABLE {run_sources} (
    execution_id uuid PRIMARY KEY,
    source_kind  text NOT NULL,
    source_id    text NOT NULL,
    source_name  text NOT NULL,
    {common}
);

CREATE TABLE {closed_months} (
    period     text NOT NULL,
    entries    bigint NOT NULL,
    cost       numeric(38, 12) NOT NULL,
    price      numeric(38, 12) NOT NULL,
    commission numeric(38, 12) NOT NULL,
    {common},
    PRIMARY KEY (tenant_id, period)
);
