-- What support does, and did, in the name of tenants' users; and what tenants allow it to.
CREATE TABLE {impersonations} (
    id         uuid        NOT NULL PRIMARY KEY,
    user_id    uuid        NOT NULL,
    role       text        NOT NULL,
    support_id uuid        NOT NULL,
    support    text        NOT NULL,
    reason     text        NOT NULL,
    write      boolean     NOT NULL,
    scopes     jsonb       NOT NULL,
    until      timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   text,
    {common}
);

CREATE INDEX ON {impersonations} (tenant_id, created_at DESC, id DESC);

CREATE TABLE {support_consents} (
    allowed boolean     NOT NULL,
    reason  text        NOT NULL,
    until   timestamptz NOT NULL,
    {common},
    PRIMARY KEY (tenant_id)
);
