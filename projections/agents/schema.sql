-- Agents: a model and its standing instructions.
CREATE TABLE {agents} (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    model      text NOT NULL,
    hash       text NOT NULL,
    definition jsonb NOT NULL,
    {common}
);

CREATE INDEX ON {agents} (tenant_id, created_at DESC, id DESC);
