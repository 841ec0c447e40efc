-- Customers and whether they may work. `status_reason` says why one was held back or reinstated.
-- `monthly_budget`: -1 or null where there is none; `max_runs`: 0 or null where the platform's own limit holds.
CREATE TABLE {tenants} (
    id             uuid PRIMARY KEY,
    name           text NOT NULL,
    subdomain      text NOT NULL UNIQUE,
    owner_user_id  uuid,
    monthly_budget numeric(38, 12),
    status         text NOT NULL CHECK (status IN ('provisioned', 'active', 'restricted', 'suspended')),
    status_reason  text,
    max_runs       integer,
    {common}
);

CREATE INDEX ON {tenants} (partner_id, created_at DESC, id DESC);
CREATE INDEX ON {tenants} (created_at DESC, id DESC);
