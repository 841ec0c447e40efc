-- Customers and whether they may work. `status_reason` says why one was held back or reinstated.
-- `monthly_budget`: -1 or null where there is none; `max_runs`: 0 or null where the platform's own limit holds.
-- `partner_id` is the partner of now; `closing_at` of one that is about to be closed.
CREATE TABLE {tenants} (
    id             uuid PRIMARY KEY,
    name           text NOT NULL,
    subdomain      text NOT NULL,
    owner_user_id  uuid,
    monthly_budget numeric(38, 12),
    status         text NOT NULL
        CHECK (status IN ('provisioned', 'active', 'past_due', 'restricted', 'suspended', 'closed')),
    status_reason  text,
    max_runs       integer,
    settings       jsonb,
    branding       jsonb,
    closing_at     timestamptz,
    closed_at      timestamptz,
    {common}
);

CREATE INDEX ON {tenants} (partner_id, created_at DESC, id DESC);
CREATE INDEX ON {tenants} (created_at DESC, id DESC);
-- A closed tenant's name may be another's by now.
CREATE UNIQUE INDEX ON {tenants} (subdomain) WHERE status <> 'closed';

-- What holds a tenant back, by cause.
CREATE TABLE {tenant_holds} (
    cause  text NOT NULL,
    held   text NOT NULL,
    reason text NOT NULL,
    {common},
    PRIMARY KEY (tenant_id, cause)
);

-- Whose tenants they are now: what a partner sees goes by this list.
CREATE TABLE {partner_tenants} (
    since timestamptz NOT NULL,
    {common},
    PRIMARY KEY (tenant_id)
);

CREATE INDEX ON {partner_tenants} (partner_id);
