-- Tenants' prepaid credit: what is there, and what open calls have reserved of it.
CREATE TABLE {wallets} (
    mode         text,
    balance_usd  numeric(38, 12) NOT NULL,
    held_usd     numeric(38, 12) NOT NULL,
    {common},
    PRIMARY KEY (tenant_id)
);

CREATE INDEX ON {wallets} (partner_id);

CREATE TABLE {top_ups} (
    id         uuid PRIMARY KEY,
    amount_usd numeric(38, 12) NOT NULL,
    source     text NOT NULL,
    expires_at timestamptz,
    {common}
);

CREATE INDEX ON {top_ups} (tenant_id, created_at DESC, id DESC);
