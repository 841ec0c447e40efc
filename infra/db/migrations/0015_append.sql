DROP FUNCTION append_batch;

-- Writes a batch in one round trip and one transaction: answers, names, payloads and, last and under the
-- table lock, events. A lock taken before the positions are numbered and held until commit is what makes them
-- become visible in order; nothing slow may come after it. Returns the positions, in the order of the events.
-- Under the same lock, what the batch was decided on is still the last there is, or the batch does not hold.
CREATE FUNCTION append_batch(
    at timestamptz, decided json, released json, claimed json, month date, payload_rows json, contents bytea[],
    events json, read json
) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO commands (message_id, tenant_id, partner_id, type, input_hash, status, stream, version, refusal,
        recorded_at)
    SELECT r.*, at FROM json_to_recordset(decided) AS r (message_id uuid, tenant_id uuid, partner_id uuid,
        type text, input_hash text, status text, stream text, version bigint, refusal text);

    -- First, so that a name may go from one to another in one batch.
    IF released IS NOT NULL THEN
        DELETE FROM claims c USING json_to_recordset(released) AS r (kind text, value text, owner text)
        WHERE (c.kind, c.value, c.owner) = (r.kind, r.value, r.owner);
    END IF;

    -- A name its owner holds already is left alone; another owner's breaks the primary key.
    IF claimed IS NOT NULL THEN
        INSERT INTO claims (kind, value, owner, tenant_id)
        SELECT w.* FROM json_to_recordset(claimed) AS w (kind text, value text, owner text, tenant_id uuid)
        WHERE NOT EXISTS (SELECT FROM claims c WHERE (c.kind, c.value, c.owner) = (w.kind, w.value, w.owner));
    END IF;

    -- Sorted, so that two writers of the same payloads wait for each other in one direction only.
    IF payload_rows IS NOT NULL THEN
        INSERT INTO payloads (month, hash, tenant_id, partner_id, kind, bytes, content)
        SELECT month, w.hash, w.tenant_id, w.partner_id, w.kind, w.bytes, w.content
        FROM ROWS FROM (json_to_recordset(payload_rows)
                AS (hash text, tenant_id uuid, partner_id uuid, kind text, bytes int), unnest(contents))
            AS w (hash, tenant_id, partner_id, kind, bytes, content)
        ORDER BY w.hash, w.tenant_id ON CONFLICT DO NOTHING;
    END IF;

    IF events IS NOT NULL THEN
        LOCK TABLE stored_events IN EXCLUSIVE MODE;
    END IF;

    IF read IS NOT NULL AND EXISTS (SELECT FROM json_each_text(read) AS r (stream, version)
        WHERE EXISTS (SELECT FROM stored_events e
            WHERE e.originator_id = r.stream AND e.originator_version > r.version::bigint))
    THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'a stream that was read has changed';
    END IF;

    IF events IS NOT NULL THEN
        RETURN QUERY
        INSERT INTO stored_events (originator_id, originator_version, topic, state, type_version,
            tenant_id, partner_id, actor, message_id, correlation_id, traceparent, recorded_at)
        SELECT r.stream, r.version, r.type, convert_to(r.data, 'UTF8'), r.type_version,
            r.tenant_id, r.partner_id, r.actor, r.message_id, r.correlation_id, r.traceparent, r.recorded_at
        FROM json_to_recordset(events) AS r (stream text, version bigint, type text, data text,
            type_version int, tenant_id uuid, partner_id uuid, actor text, message_id uuid, correlation_id uuid,
            traceparent text, recorded_at timestamptz)
        RETURNING notification_id;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION append_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_batch TO hb_worker;
