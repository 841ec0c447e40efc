-- Large values of events, outside their rows: compressed, each once per tenant and month, dropped by month.

CREATE TABLE payloads (
    hash       text    NOT NULL COLLATE "C",
    tenant_id  uuid    NOT NULL,
    month      date    NOT NULL,
    partner_id uuid,
    kind       text    NOT NULL CHECK (kind IN ('t', 'j')),
    bytes      integer NOT NULL,
    content    bytea   NOT NULL,
    PRIMARY KEY (hash, tenant_id, month)
) PARTITION BY RANGE (month);

-- It comes compressed.
ALTER TABLE payloads ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE POLICY worker ON payloads TO hb_worker USING (true) WITH CHECK (true);
CREATE POLICY api ON payloads FOR SELECT TO hb_api USING (
    tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    OR partner_id = nullif(current_setting('app.partner_id', true), '')::uuid
    OR current_setting('app.scope', true) = 'platform');
GRANT SELECT, INSERT ON payloads TO hb_worker;
GRANT SELECT ON payloads TO hb_api;

-- Rights and policies are the parent's, for whoever asks the parent. Nobody else may ask a partition.
CREATE FUNCTION protect_payloads(made regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', made);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', made);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', made);
END $$;

CREATE FUNCTION make_payload_partition(made text, bounds text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(made) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF payloads %s', made, bounds);
        EXECUTE format('CREATE POLICY worker ON %I TO hb_worker USING (true) WITH CHECK (true)', made);
        PERFORM protect_payloads(made::regclass);
    END IF;
END $$;

-- This month, the next two, and one for what fits nowhere else. A month that has rows there already stays there.
CREATE FUNCTION ensure_payload_partitions() RETURNS void LANGUAGE plpgsql AS $$
DECLARE first date;
BEGIN
    PERFORM pg_advisory_xact_lock(4805005);
    PERFORM make_payload_partition('payloads_other', 'DEFAULT');
    FOR n IN 0..2 LOOP
        first := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n);
        BEGIN
            PERFORM make_payload_partition('payloads_' || to_char(first, 'YYYY_MM'), format(
                'FOR VALUES FROM (%L) TO (%L)', first, (first + interval '1 month')::date));
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'payloads of % are in payloads_other and stay there', first;
        END;
    END LOOP;
END $$;

SELECT protect_payloads('payloads');
SELECT ensure_payload_partitions();
