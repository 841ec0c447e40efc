-- Which keys sign checkpoints of `first` entries and more, up to the next row. Before the first row: the first key.
CREATE TABLE audit_signers (
    first bigint PRIMARY KEY CHECK (first > 0),
    keys  text[] NOT NULL CHECK (cardinality(keys) > 0)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_signers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON audit_signers TO hb_worker;
GRANT SELECT ON audit_signers TO hb_api;
