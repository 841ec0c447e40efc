-- What proves who people are, and what lives too short or too hot for events. Nothing secret is in clear:
-- tokens and codes are hashed, seeds are sealed. Rows are about people, not tenants.

-- One row per sign-in. Each refresh raises the generation; only the newest token's hash is kept.
CREATE TABLE vault.sessions (
    id               uuid        PRIMARY KEY,
    user_id          uuid        NOT NULL,
    generation       bigint      NOT NULL,
    token_hash       bytea       NOT NULL CHECK (length(token_hash) = 32),
    created_at       timestamptz NOT NULL,
    used_at          timestamptz NOT NULL,
    rotated_at       timestamptz,
    expires_at       timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    amr              text[]      NOT NULL,
    ip               text        NOT NULL,
    user_agent       text        NOT NULL,
    role             text,
    place_tenant     uuid,
    place_partner    uuid,
    revoked_at       timestamptz,
    revoked_because  text,
    changed_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sessions_user ON vault.sessions (user_id, used_at) WHERE revoked_at IS NULL;
CREATE INDEX sessions_revoked ON vault.sessions (changed_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX sessions_used ON vault.sessions (used_at);

-- At most one code per purpose and subject: a newer one takes the place of the older.
CREATE TABLE vault.codes (
    purpose      text        NOT NULL,
    subject      text        NOT NULL,
    code_hash    bytea       NOT NULL,
    link_hash    bytea       NOT NULL UNIQUE,
    tries        integer     NOT NULL DEFAULT 0,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    issued       integer     NOT NULL DEFAULT 1,
    issued_since timestamptz NOT NULL,
    PRIMARY KEY (purpose, subject)
);
CREATE INDEX codes_expired ON vault.codes (expires_at);

CREATE TABLE vault.pending_registrations (
    email_index text        PRIMARY KEY,
    id          uuid        NOT NULL UNIQUE,
    sealed      bytea       NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX pending_registrations_expired ON vault.pending_registrations (expires_at);

CREATE TABLE vault.oidc_round_trips (
    state_hash   bytea       PRIMARY KEY,
    browser_hash bytea       NOT NULL,
    sealed       bytea       NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX oidc_round_trips_expired ON vault.oidc_round_trips (expires_at);

-- last_step is the newest time step whose code was accepted: none is accepted twice.
CREATE TABLE vault.totp (
    user_id      uuid        PRIMARY KEY,
    sealed       bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint      NOT NULL DEFAULT 0
);

CREATE TABLE vault.recovery_codes (
    user_id    uuid        PRIMARY KEY,
    hashes     bytea[]     NOT NULL,
    renewed_at timestamptz NOT NULL
);

CREATE TABLE vault.passkeys (
    id         bytea       PRIMARY KEY,
    user_id    uuid        NOT NULL,
    public_key bytea       NOT NULL,
    sign_count bigint      NOT NULL,
    label      text        NOT NULL,
    transports text[]      NOT NULL,
    created_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX passkeys_user ON vault.passkeys (user_id);

CREATE TABLE vault.passkey_challenges (
    challenge_hash bytea       PRIMARY KEY,
    purpose        text        NOT NULL,
    browser_hash   bytea       NOT NULL,
    user_id        uuid,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX passkey_challenges_expired ON vault.passkey_challenges (expires_at);

-- Failed attempts, by account and by address, both hashed. What is no account has a row as well.
CREATE TABLE vault.attempts (
    key          bytea       PRIMARY KEY,
    failures     integer     NOT NULL,
    since        timestamptz NOT NULL,
    locked_until timestamptz
);
CREATE INDEX attempts_since ON vault.attempts (since);

GRANT SELECT, INSERT, UPDATE, DELETE ON
    vault.sessions, vault.codes, vault.pending_registrations, vault.oidc_round_trips,
    vault.totp, vault.recovery_codes, vault.passkeys, vault.passkey_challenges, vault.attempts
TO hb_vault;
