-- Monthly budgets of partners, tenants, and tenants' workflows and agents. No limit: there is none any more.
CREATE TABLE {budgets} (
    level       text NOT NULL CHECK (level IN ('partner', 'tenant', 'source')),
    subject_id  uuid NOT NULL,
    source_kind text,
    limit_usd   numeric(38, 12),
    {common},
    PRIMARY KEY (level, subject_id)
);

CREATE INDEX ON {budgets} (tenant_id);
CREATE INDEX ON {budgets} (partner_id);

-- What of a month is used up: of a partner's, posted and held since it has a budget; of a workflow's or agent's,
-- posted. A tenant's is on its bill.
CREATE TABLE {budget_uses} (
    level      text NOT NULL,
    subject_id uuid NOT NULL,
    period     text NOT NULL,
    posted_usd numeric(38, 12) NOT NULL,
    held_usd   numeric(38, 12) NOT NULL,
    {common},
    PRIMARY KEY (level, subject_id, period)
);

CREATE INDEX ON {budget_uses} (tenant_id);

-- Thresholds somebody was told of.
CREATE TABLE {budget_alerts} (
    level      text NOT NULL,
    subject_id uuid NOT NULL,
    period     text NOT NULL,
    threshold  integer NOT NULL,
    limit_usd  numeric(38, 12) NOT NULL,
    posted_usd numeric(38, 12) NOT NULL,
    {common},
    PRIMARY KEY (level, subject_id, period, threshold)
);

CREATE INDEX ON {budget_alerts} (tenant_id);
