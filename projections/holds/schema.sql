-- Money held for calls that are under way (open) or whose outcome nobody knows (unknown).
-- A settled, released or written-off call has no row.
CREATE TABLE {holds} (
    call_key     text PRIMARY KEY,
    period       text NOT NULL,
    execution_id uuid NOT NULL,
    node         text NOT NULL,
    attempt      integer NOT NULL,
    model        text NOT NULL,
    amount_usd   numeric(38, 12) NOT NULL,
    source_id    uuid,
    status       text NOT NULL CHECK (status IN ('open', 'unknown')),
    reason       text,
    resolves_at  timestamptz NOT NULL,
    {common}
);

CREATE INDEX ON {holds} (tenant_id, created_at);
