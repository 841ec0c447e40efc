-- What witnesses signed of which checkpoint; a witness is told by its public key.
CREATE TABLE audit_cosignatures (
    witness text   NOT NULL,
    size    bigint NOT NULL,
    line    text   NOT NULL,
    PRIMARY KEY (witness, size)
);
CREATE INDEX audit_cosignatures_size ON audit_cosignatures (size);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON audit_cosignatures TO hb_worker;
GRANT SELECT ON audit_cosignatures TO hb_api;
