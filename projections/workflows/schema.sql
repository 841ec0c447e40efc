-- Workflows: `definition` is the draft; `published` and `hash` are of the newest published version, if any.
CREATE TABLE {workflows} (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    published  integer,
    hash       text,
    definition jsonb NOT NULL,
    {common}
);

CREATE INDEX ON {workflows} (tenant_id, created_at DESC, id DESC);

-- What was published under a number: the release for ever; deprecated once, it stays so.
CREATE TABLE {workflow_versions} (
    workflow_id uuid NOT NULL,
    number      integer NOT NULL,
    hash        text NOT NULL,
    release     jsonb NOT NULL,
    deprecated  boolean NOT NULL,
    rolled_back_to integer,
    {common},
    PRIMARY KEY (workflow_id, number)
);
