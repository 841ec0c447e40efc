-- The vault: what proves who people are, and the keys their personal data is sealed under. Beside the record,
-- because it changes and goes. Its own role: who may read the rows of tenants reads nothing here, and back.

DO $$ BEGIN
    IF EXISTS (SELECT FROM stored_events WHERE topic IN ('identity.user.registered', 'tenancy.partner.created')) THEN
        RAISE EXCEPTION 'this database was made by a version that kept personal data in clear; start with an empty one';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hb_vault') THEN CREATE ROLE hb_vault NOLOGIN; END IF;
    EXECUTE format('GRANT hb_vault TO %I', current_user);
END $$;

CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA vault TO hb_vault;

-- Keys of subjects, wrapped. A subject with a row in `destroyed` has none and gets none again.
CREATE TABLE vault.subject_keys (
    subject    uuid        NOT NULL,
    generation integer     NOT NULL CHECK (generation > 0),
    wrapped    bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject, generation)
);
CREATE TABLE vault.destroyed_subjects (
    subject      uuid        PRIMARY KEY,
    destroyed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.subject_keys TO hb_vault;
GRANT SELECT, INSERT ON vault.destroyed_subjects TO hb_vault;

-- Argon2id hashes in PHC form.
CREATE TABLE vault.passwords (
    user_id    uuid        PRIMARY KEY,
    hash       text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.passwords TO hb_vault;
