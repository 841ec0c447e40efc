-- Which secrets there are. Their values are nowhere but in the record, encrypted.
CREATE TABLE {secrets} (
    name        text NOT NULL COLLATE "C",
    fingerprint text NOT NULL,
    {common},
    PRIMARY KEY (tenant_id, name)
);
