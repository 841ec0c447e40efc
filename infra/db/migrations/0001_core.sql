-- The record: events, the commands that caused them, and what is unique.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hb_worker') THEN CREATE ROLE hb_worker NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hb_api') THEN CREATE ROLE hb_api NOLOGIN; END IF;
    EXECUTE format('GRANT hb_worker, hb_api TO %I', current_user);
END $$;

CREATE EXTENSION IF NOT EXISTS vector;

-- Column names of the first four and of notification_id are the event sourcing library's.
-- notification_id is the position: writers hold the table lock from before the number is taken until
-- commit, so positions become visible in order and a reader that saw n will never see a smaller one later.
CREATE TABLE stored_events (
    originator_id      text        NOT NULL COLLATE "C",
    originator_version bigint      NOT NULL,
    topic              text        NOT NULL,
    state              bytea       NOT NULL,
    notification_id    bigserial   NOT NULL,
    type_version       integer     NOT NULL,
    tenant_id          uuid        NOT NULL,
    partner_id         uuid,
    actor              text        NOT NULL,
    message_id         uuid        NOT NULL,
    correlation_id     uuid        NOT NULL,
    traceparent        text,
    recorded_at        timestamptz NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX stored_events_position ON stored_events (notification_id);

-- One row per decided command: a repeated message id gets the stored answer.
-- version is the stream's after the decision, which names the answer's position too.
CREATE TABLE commands (
    message_id  uuid        PRIMARY KEY,
    tenant_id   uuid        NOT NULL,
    partner_id  uuid,
    type        text        NOT NULL,
    input_hash  text        NOT NULL,
    status      text        NOT NULL CHECK (status IN ('accepted', 'rejected')),
    stream      text        NOT NULL,
    version     bigint      NOT NULL,
    refusal     text,
    recorded_at timestamptz NOT NULL
);

-- Names only one owner may hold: e-mail, subdomain, call key.
CREATE TABLE claims (
    kind      text NOT NULL,
    value     text NOT NULL,
    owner     text NOT NULL,
    tenant_id uuid NOT NULL,
    PRIMARY KEY (kind, value)
);

-- The folded state of long streams: a cache, always re-derivable.
CREATE TABLE snapshots (
    stream    text    PRIMARY KEY,
    version   bigint  NOT NULL,
    shape     text    NOT NULL,
    tenant_id uuid    NOT NULL,
    state     bytea   NOT NULL
);

-- Written before an effect that must not happen twice; found again, the effect's outcome is unknown.
CREATE TABLE effect_claims (
    effect     text        NOT NULL,
    event_ref  text        NOT NULL,
    tenant_id  uuid        NOT NULL,
    claimed_by text        NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (effect, event_ref)
);

-- How far each bus consumer has surely come: where the relay refills from when NATS lost its data.
CREATE TABLE checkpoints (
    consumer   text        PRIMARY KEY,
    position   bigint      NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE projections (
    name       text        PRIMARY KEY,
    version    integer     NOT NULL,
    position   bigint      NOT NULL DEFAULT 0,
    status     text        NOT NULL DEFAULT 'live' CHECK (status IN ('live', 'stopped', 'building')),
    error      text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE parked_streams (
    projection text        NOT NULL,
    stream     text        NOT NULL,
    position   bigint      NOT NULL,
    error      text        NOT NULL,
    tenant_id  uuid        NOT NULL,
    parked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, stream)
);

-- Signing keys, encrypted with the master key before they come here.
CREATE TABLE key_rings (
    name       text        PRIMARY KEY,
    ciphertext bytea       NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER stored_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commands_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Tenant isolation: the worker serves every tenant; the API sees what the transaction's settings allow.
DO $$ DECLARE t text; scope text; BEGIN
    FOREACH t IN ARRAY ARRAY['stored_events', 'commands', 'claims', 'snapshots', 'effect_claims', 'parked_streams'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY worker ON %I TO hb_worker USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['stored_events', 'commands'] LOOP
        EXECUTE format($p$CREATE POLICY api ON %I FOR SELECT TO hb_api USING (
            tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
            OR partner_id = nullif(current_setting('app.partner_id', true), '')::uuid
            OR current_setting('app.scope', true) = 'platform')$p$, t);
        EXECUTE format('GRANT SELECT ON %I TO hb_api', t);
    END LOOP;
END $$;

-- LOCK TABLE ... IN EXCLUSIVE MODE needs more than INSERT; MAINTAIN gives it without UPDATE or DELETE.
GRANT SELECT, INSERT, MAINTAIN ON stored_events TO hb_worker;
GRANT SELECT, INSERT ON commands, claims, effect_claims TO hb_worker;
GRANT SELECT, INSERT, UPDATE ON snapshots, checkpoints, projections TO hb_worker;
GRANT SELECT, INSERT, DELETE ON parked_streams TO hb_worker;
GRANT USAGE ON SEQUENCE stored_events_notification_id_seq TO hb_worker;
GRANT SELECT ON projections TO hb_api;
GRANT SELECT, INSERT, UPDATE ON key_rings TO hb_api, hb_worker;
