-- Runs, for lists. Wide columns (inputs, output) are stored out of line and lists do not select them.
CREATE TABLE {executions} (
    id             uuid PRIMARY KEY,
    source_kind    text NOT NULL,
    source_id      uuid NOT NULL,
    source_version integer NOT NULL,
    source_hash    text NOT NULL,
    source_name    text NOT NULL,
    status         text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed')),
    deadline       timestamptz NOT NULL,
    finished_at    timestamptz,
    error_code     text,
    error_message  text,
    error_node     text,
    inputs         jsonb NOT NULL,
    output         jsonb,
    {common}
) WITH (fillfactor = 80);

CREATE INDEX ON {executions} (tenant_id, created_at DESC, id DESC);

-- One row per node of a run: its latest attempt. `error` is the latest failure, kept when a retry succeeds.
CREATE TABLE {execution_steps} (
    execution_id  uuid NOT NULL,
    node          text NOT NULL,
    kind          text,
    attempt       integer NOT NULL,
    status        text NOT NULL
                  CHECK (status IN ('scheduled', 'requested', 'answered', 'retrying', 'succeeded', 'failed')),
    model         text,
    usage         jsonb,
    latency_ms    integer,
    finish_reason text,
    retry_at      timestamptz,
    finished_at   timestamptz,
    error         jsonb,
    output        jsonb,
    {common},
    PRIMARY KEY (execution_id, node)
) WITH (fillfactor = 80);
