-- Unpaid invoices under dunning; one that is settled has no row. `due_at`: of the next step, null after the last.
CREATE TABLE {dunning_cases} (
    id         uuid PRIMARY KEY,
    amount_usd numeric(38, 12) NOT NULL,
    steps      jsonb NOT NULL,
    taken      integer NOT NULL,
    due_at     timestamptz,
    {common}
);

CREATE INDEX ON {dunning_cases} (tenant_id);

-- What all of that means for the tenant, and whether it is exempt.
CREATE TABLE {dunning_tenants} (
    level         text,
    exempt        boolean,
    exempt_until  timestamptz,
    exempt_reason text,
    {common},
    PRIMARY KEY (tenant_id)
);

-- Partners' own steps; null where the standard ones hold.
CREATE TABLE {dunning_schedules} (
    owner_id uuid PRIMARY KEY,
    steps    jsonb,
    {common}
);
