-- One row per invoice that is to be collected. `kept_usd`: what came and was not paid back.
CREATE TABLE {payments} (
    id          uuid PRIMARY KEY,
    number      text NOT NULL,
    amount_usd  numeric(38, 12) NOT NULL,
    currency    text NOT NULL,
    status      text NOT NULL,
    due_at      timestamptz NOT NULL,
    attempts    integer NOT NULL,
    provider    text,
    reference   text,
    kept_usd    numeric(38, 12),
    code        text,
    message     text,
    paid_at     timestamptz,
    {common}
);

CREATE INDEX ON {payments} (tenant_id, created_at DESC, id DESC);
CREATE INDEX ON {payments} (created_at DESC, id DESC);
CREATE INDEX ON {payments} (due_at) WHERE status = 'requested';

-- What happened to it, in order: attempts that failed, money that came, was paid back or given up.
CREATE TABLE {payment_entries} (
    id          uuid PRIMARY KEY,
    invoice_id  uuid NOT NULL,
    kind        text NOT NULL,
    at          timestamptz NOT NULL,
    amount_usd  numeric(38, 12) NOT NULL,
    attempt     integer,
    provider    text,
    reference   text,
    code        text,
    reason      text,
    postings    jsonb NOT NULL,
    {common}
);

CREATE INDEX ON {payment_entries} (invoice_id, position);
