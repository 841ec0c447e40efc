-- When and from where each key of a program was used last. Beside the record: it changes with every request.
CREATE TABLE vault.api_key_uses (
    key_id  uuid        PRIMARY KEY,
    used_at timestamptz NOT NULL,
    address text        NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.api_key_uses TO hb_vault;
