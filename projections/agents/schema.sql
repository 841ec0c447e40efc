-- Agents: a model and its standing instructions, as the newest version has them.
CREATE TABLE {agents} (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    model      text NOT NULL,
    version    integer NOT NULL,
    hash       text NOT NULL,
    definition jsonb NOT NULL,
    {common}
);

CREATE INDEX ON {agents} (tenant_id, created_at DESC, id DESC);

-- What an agent was under a number, for ever.
CREATE TABLE {agent_versions} (
    agent_id   uuid NOT NULL,
    number     integer NOT NULL,
    name       text NOT NULL,
    hash       text NOT NULL,
    definition jsonb NOT NULL,
    {common},
    PRIMARY KEY (agent_id, number)
);
