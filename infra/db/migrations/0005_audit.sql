-- The sealed ledger: which billing event is which leaf, the tree above the leaves, the signed checkpoints.

CREATE INDEX stored_events_sealed ON stored_events (notification_id) WHERE topic LIKE 'billing.%';

-- In segments that can be dropped as a whole when they are archived: what is above them in audit_nodes stays.
CREATE TABLE audit_leaves (
    audit_seq  bigint NOT NULL PRIMARY KEY CHECK (audit_seq >= 0),
    position   bigint NOT NULL,
    tenant_id  uuid   NOT NULL,
    partner_id uuid,
    leaf       bytea  NOT NULL CHECK (length(leaf) = 32),
    chain      bytea  NOT NULL CHECK (length(chain) = 32)
) PARTITION BY RANGE (audit_seq);
CREATE INDEX audit_leaves_position ON audit_leaves (position);

-- Roots of complete subtrees of 256 leaves (level 1), 65,536 (level 2), …; position and chain are of the last leaf.
CREATE TABLE audit_nodes (
    level    integer NOT NULL CHECK (level > 0),
    index    bigint  NOT NULL,
    hash     bytea   NOT NULL CHECK (length(hash) = 32),
    position bigint  NOT NULL,
    chain    bytea   NOT NULL CHECK (length(chain) = 32),
    PRIMARY KEY (level, index)
);

-- Signed notes, one for each batch that was sealed.
CREATE TABLE audit_checkpoints (
    size bigint PRIMARY KEY,
    note text   NOT NULL
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE audit_leaves ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_leaves FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON audit_leaves TO hb_worker USING (true) WITH CHECK (true);
CREATE POLICY api ON audit_leaves FOR SELECT TO hb_api USING (
    tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    OR partner_id = nullif(current_setting('app.partner_id', true), '')::uuid
    OR current_setting('app.scope', true) = 'platform');
GRANT SELECT, INSERT ON audit_leaves, audit_nodes, audit_checkpoints TO hb_worker;
GRANT SELECT ON audit_leaves, audit_nodes, audit_checkpoints TO hb_api;

-- The segment a leaf belongs to, and the next: as the tables' owner, ahead of the sealer.
CREATE FUNCTION ensure_audit_segments(next_leaf bigint, leaves bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE number bigint; made text;
BEGIN
    PERFORM pg_advisory_xact_lock(4805031);
    FOR number IN SELECT generate_series(next_leaf / leaves, next_leaf / leaves + 1) LOOP
        made := 'audit_leaves_' || number;
        CONTINUE WHEN to_regclass(made) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I PARTITION OF audit_leaves FOR VALUES FROM (%s) TO (%s)',
            made, number * leaves, (number + 1) * leaves);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', made);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', made);
        EXECUTE format('CREATE POLICY worker ON %I TO hb_worker USING (true) WITH CHECK (true)', made);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', made);
    END LOOP;
END $$;
