-- The ledger's entries: what each provider call cost, its price and the commission, fixed for ever; and what
-- was corrected since: a reversal names the entry (`reverses`, its id), an adjustment the month it is about.
-- Insert-only: the worker has no UPDATE or DELETE and a trigger refuses them to everybody.
CREATE TABLE {ledger_entries} (
    id                 uuid PRIMARY KEY,
    kind               text NOT NULL CHECK (kind IN ('settle', 'write_off', 'reversal', 'adjustment')),
    stream             text NOT NULL,
    version            bigint NOT NULL,
    period             text NOT NULL,
    job_id             uuid,
    node               text,
    attempt            integer,
    call_key           text,
    source_kind        text,
    source_id          uuid,
    adjustment         text,
    about_period       text,
    reverses           uuid UNIQUE,
    reason             text,
    model              text,
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
    pricing            jsonb,
    postings           jsonb NOT NULL,
    degraded           boolean NOT NULL,
    quarantined        boolean NOT NULL,
    unplaced           jsonb NOT NULL,
    recorded_at        timestamptz NOT NULL,
    {common}
);

CREATE INDEX ON {ledger_entries} (tenant_id, recorded_at DESC, id DESC);
CREATE INDEX ON {ledger_entries} (recorded_at DESC, id DESC);
CREATE INDEX ON {ledger_entries} (tenant_id, period);
CREATE INDEX ON {ledger_entries} (partner_id, period);
CREATE INDEX ON {ledger_entries} (job_id);
CREATE INDEX ON {ledger_entries} (period, position);
CREATE INDEX ON {ledger_entries} (recorded_at) WHERE quarantined;
CREATE UNIQUE INDEX ON {ledger_entries} (call_key) WHERE kind IN ('settle', 'write_off');
