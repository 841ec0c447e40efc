-- Who asked for what, from where, and whether they were let in. Months are dropped as a whole when they are old.

CREATE TABLE access_log (
    id           uuid        NOT NULL,
    at           timestamptz NOT NULL,
    request_id   text        NOT NULL,
    actor        text,
    subject      text,
    impersonator text,
    role         text,
    tenant_id    uuid,
    partner_id   uuid,
    ip           text        NOT NULL,
    method       text        NOT NULL,
    route        text        NOT NULL,
    status       integer     NOT NULL,
    decision     text        NOT NULL CHECK (decision IN ('allowed', 'denied')),
    code         text,
    permission   text,
    user_agent   text        NOT NULL,
    ms           real        NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX access_log_tenant ON access_log (tenant_id, at DESC, id DESC);
CREATE INDEX access_log_partner ON access_log (partner_id, at DESC, id DESC);

-- Written by the edge under the vault's role, which cannot read it back; read by the edge under its own.
CREATE POLICY writer ON access_log FOR INSERT TO hb_vault WITH CHECK (true);
CREATE POLICY api ON access_log FOR SELECT TO hb_api USING (
    tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    OR partner_id = nullif(current_setting('app.partner_id', true), '')::uuid
    OR current_setting('app.scope', true) = 'platform');
GRANT INSERT ON access_log TO hb_vault;
GRANT SELECT ON access_log TO hb_api;

CREATE FUNCTION protect_access_log(made regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', made);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', made);
END $$;

CREATE FUNCTION make_access_log_partition(made text, bounds text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(made) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF access_log %s', made, bounds);
        EXECUTE format('CREATE POLICY writer ON %I FOR INSERT TO hb_vault WITH CHECK (true)', made);
        PERFORM protect_access_log(made::regclass);
    END IF;
END $$;

-- This month, the next two, and one for what fits nowhere else.
CREATE FUNCTION ensure_access_log_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE first timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(4805008);
    PERFORM make_access_log_partition('access_log_other', 'DEFAULT');
    FOR n IN 0..2 LOOP
        first := date_trunc('month', now(), 'UTC') + make_interval(months => n);
        BEGIN
            PERFORM make_access_log_partition('access_log_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM'),
                format('FOR VALUES FROM (%L) TO (%L)', first, date_trunc('month', first + interval '40 days', 'UTC')));
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'the access log of % is in access_log_other and stays there', first;
        END;
    END LOOP;
END $$;

SELECT protect_access_log('access_log');
SELECT ensure_access_log_partitions();
