-- Invoices from the moment their month is closed. `face` is all that stands on the document.
CREATE TABLE {invoices} (
    id             uuid PRIMARY KEY,
    period         text NOT NULL,
    status         text NOT NULL CHECK (status IN ('requested', 'blocked', 'skipped', 'numbered', 'issued')),
    price          numeric(38, 12) NOT NULL,
    problem_code   text,
    problem_detail text,
    number         text,
    total          numeric(38, 2),
    due            numeric(38, 2),
    issued_at      timestamptz,
    due_at         timestamptz,
    document_hash  text,
    face           jsonb,
    {common}
);

CREATE INDEX ON {invoices} (tenant_id, created_at DESC, id DESC);
CREATE INDEX ON {invoices} (partner_id, created_at DESC, id DESC);

CREATE TABLE {credit_notes} (
    id            uuid PRIMARY KEY,
    invoice_id    uuid NOT NULL,
    number        text NOT NULL,
    total         numeric(38, 2) NOT NULL,
    reason        text NOT NULL,
    issued_at     timestamptz NOT NULL,
    document_hash text,
    face          jsonb NOT NULL,
    {common}
);

CREATE INDEX ON {credit_notes} (invoice_id);

-- Credit that months left and no invoice has taken: a list of period and amount.
CREATE TABLE {carryovers} (
    credits jsonb NOT NULL,
    prepaid numeric(38, 2) NOT NULL,
    {common},
    PRIMARY KEY (tenant_id)
);

CREATE TABLE {issuers} (
    id       uuid PRIMARY KEY,
    prefix   text NOT NULL,
    branding jsonb NOT NULL,
    {common}
);

CREATE TABLE {tax_profiles} (
    profile jsonb NOT NULL,
    {common},
    PRIMARY KEY (tenant_id)
);

CREATE TABLE {tax_rates} (
    jurisdiction   text NOT NULL,
    name           text NOT NULL,
    percent        numeric(7, 4) NOT NULL,
    effective_from timestamptz NOT NULL,
    {common},
    PRIMARY KEY (jurisdiction, effective_from)
);
