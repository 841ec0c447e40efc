-- Of a tenant whose erasure has begun, what it wrote and ran goes from the record. Its events keep their places,
-- as tombstones; those of the ledger are leaves of its tree, and neither they nor what they refer to is touched.
-- One role does it, and whoever asks: a trigger lets nothing else through.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hb_eraser') THEN CREATE ROLE hb_eraser NOLOGIN; END IF;
    EXECUTE format('GRANT hb_eraser TO %I', current_user);
END $$;

CREATE FUNCTION is_content(topic text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT topic LIKE 'authoring.%' OR topic LIKE 'execution.%' OR topic LIKE 'notifications.%'
$$;

CREATE FUNCTION erasure_begun(tenant uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM stored_events
        WHERE originator_id = 'tenant-' || tenant AND topic = 'tenancy.tenant.erasure_begun')
$$;

-- Postgres refuses to look into JSON with a NUL anywhere in it.
CREATE FUNCTION readable(stored text) RETURNS json LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(stored, '\u0000', '\ufffd')::json
$$;

-- Whatever an update says, the row becomes the tombstone of what it was. What a run was of is on the bill.
CREATE FUNCTION erase_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE made stored_events := OLD;
BEGIN
    IF NEW.topic <> 'tenancy.content.erased' OR NOT is_content(OLD.topic) OR NOT erasure_begun(OLD.tenant_id) THEN
        RAISE EXCEPTION 'stored_events is append-only: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    made.topic := NEW.topic;
    made.type_version := 1;
    made.state := convert_to(json_build_object('was', OLD.topic, 'source',
        CASE WHEN OLD.topic IN ('execution.execution.queued', 'execution.execution.started')
            THEN readable(convert_from(OLD.state, 'UTF8')) -> 'source' END)::text, 'UTF8');
    RETURN made;
END $$;

-- Why a command was refused may quote it; the code stays.
CREATE FUNCTION erase_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE made commands := OLD; said json := readable(OLD.refusal);
BEGIN
    IF NOT is_content(OLD.type) OR NOT erasure_begun(OLD.tenant_id) THEN
        RAISE EXCEPTION 'commands is append-only: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    made.refusal := json_build_object('code', said -> 'code', 'kind', said -> 'kind', 'detail', 'erased')::text;
    RETURN made;
END $$;

CREATE FUNCTION erase_payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT erasure_begun(OLD.tenant_id) THEN
        RAISE EXCEPTION 'payloads is append-only: DELETE refused' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;

DROP TRIGGER stored_events_append_only ON stored_events;
CREATE TRIGGER stored_events_append_only BEFORE DELETE OR TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stored_events_erased BEFORE UPDATE ON stored_events FOR EACH ROW EXECUTE FUNCTION erase_event();

DROP TRIGGER commands_append_only ON commands;
CREATE TRIGGER commands_append_only BEFORE DELETE OR TRUNCATE ON commands
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER commands_erased BEFORE UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION erase_refusal();

DROP TRIGGER append_only ON payloads;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON payloads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erased BEFORE DELETE ON payloads FOR EACH ROW EXECUTE FUNCTION erase_payload();

-- How much of what was erased, counted in the transaction that did it: done again after a crash it goes on.
CREATE TABLE erased_content (
    tenant_id uuid   NOT NULL,
    what      text   NOT NULL,
    number    bigint NOT NULL,
    PRIMARY KEY (tenant_id, what)
);

DO $$ DECLARE t text; BEGIN
    ALTER TABLE erased_content ENABLE ROW LEVEL SECURITY;
    ALTER TABLE erased_content FORCE ROW LEVEL SECURITY;
    FOREACH t IN ARRAY ARRAY['stored_events', 'commands', 'payloads', 'snapshots', 'erased_content'] LOOP
        EXECUTE format('CREATE POLICY eraser ON %I TO hb_eraser USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT ON %I TO hb_eraser', t);
    END LOOP;
END $$;
GRANT UPDATE (topic) ON stored_events TO hb_eraser;
GRANT UPDATE (refusal) ON commands TO hb_eraser;
GRANT DELETE ON payloads, snapshots TO hb_eraser;
GRANT INSERT, UPDATE ON erased_content TO hb_eraser;

-- A key of somebody who may never come, or of a letter, is destroyed then. NULL: of somebody who is here.
ALTER TABLE vault.subject_keys ADD COLUMN until timestamptz;
CREATE INDEX subject_keys_until ON vault.subject_keys (until) WHERE until IS NOT NULL;
