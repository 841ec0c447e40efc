-- Tools by name, as they are now.
CREATE TABLE {tools} (
    name       text NOT NULL COLLATE "C",
    definition jsonb NOT NULL,
    hash       text NOT NULL,
    deprecated boolean NOT NULL,
    {common},
    PRIMARY KEY (tenant_id, name)
);
