-- Who can log in. Users of a partner or of the platform belong to the platform's tenant id.
CREATE TABLE {users} (
    id            uuid PRIMARY KEY,
    email         text NOT NULL UNIQUE,
    name          text NOT NULL,
    password_hash text NOT NULL,
    role          text NOT NULL,
    {common}
);

CREATE INDEX ON {users} (tenant_id, created_at DESC, id DESC);
