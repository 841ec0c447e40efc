-- Accounts for programs, and their keys. `hash` finds a key by itself and tells nothing of it.
CREATE TABLE {service_accounts} (
    id       uuid    NOT NULL PRIMARY KEY,
    place_id uuid    NOT NULL,
    name     text    NOT NULL,
    role     text    NOT NULL,
    closed   boolean NOT NULL,
    {common}
);

CREATE INDEX ON {service_accounts} (place_id, created_at DESC, id DESC);

CREATE TABLE {api_keys} (
    id         uuid        NOT NULL PRIMARY KEY,
    service_id uuid        NOT NULL,
    hash       text        NOT NULL UNIQUE,
    prefix     text        NOT NULL,
    label      text        NOT NULL,
    scopes     jsonb       NOT NULL,
    networks   jsonb       NOT NULL,
    revoked    boolean     NOT NULL,
    expires_at timestamptz NOT NULL,
    {common}
);

CREATE INDEX ON {api_keys} (service_id, created_at DESC);
