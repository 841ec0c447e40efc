-- Runs, for lists. Wide columns (inputs, output) are stored out of line and lists do not select them.
-- `stage` is where the run is, `status` what is shown: a paused run keeps its stage. `events`: how many
-- there are, which tells whether anything has happened since.
CREATE TABLE {executions} (
    id                  uuid PRIMARY KEY,
    source_kind         text NOT NULL,
    source_id           uuid NOT NULL,
    source_version      integer NOT NULL,
    source_hash         text NOT NULL,
    source_name         text NOT NULL,
    stage               text NOT NULL
                        CHECK (stage IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
    paused              boolean NOT NULL,
    status              text NOT NULL GENERATED ALWAYS AS
                        (CASE WHEN paused AND finished_at IS NULL THEN 'paused' ELSE stage END) STORED,
    pause_reason        text,
    priority            integer NOT NULL,
    max_cost            numeric(38, 12),
    parent_execution_id uuid,
    parent_node         text,
    root_id             uuid NOT NULL,
    fork_of             uuid,
    fork_from           text,
    trigger_id          uuid,
    trigger_kind        text,
    queue_reason        jsonb,
    queued_at           timestamptz,
    started_at          timestamptz,
    finished_at         timestamptz,
    deadline            timestamptz NOT NULL,
    idle_seconds        double precision,
    events              bigint NOT NULL,
    error_code          text,
    error_message       text,
    error_node          text,
    ended_by            text,
    inputs              jsonb NOT NULL,
    output              jsonb,
    {common}
) WITH (fillfactor = 80);

CREATE INDEX ON {executions} (tenant_id, created_at DESC, id DESC);
-- For who sees several tenants: their rows are picked out of everybody's, newest first.
CREATE INDEX ON {executions} (created_at DESC, id DESC);
CREATE INDEX ON {executions} (parent_execution_id) WHERE parent_execution_id IS NOT NULL;
CREATE INDEX ON {executions} (deadline) WHERE finished_at IS NULL;
CREATE INDEX ON {executions} (id) WHERE paused AND finished_at IS NULL;
CREATE INDEX ON {executions} (id) WHERE idle_seconds IS NOT NULL AND finished_at IS NULL;
CREATE INDEX ON {executions} (trigger_id, created_at DESC, id DESC) WHERE trigger_id IS NOT NULL;

-- One row per step path of a run: its latest attempt. `error` is the latest failure, kept when a retry
-- succeeds. `due_at`: when the step must have gone on, NULL when nothing is due. A pure step has no kind.
CREATE TABLE {execution_steps} (
    execution_id uuid NOT NULL,
    node         text COLLATE "C" NOT NULL,
    kind         text,
    attempt      integer NOT NULL,
    status       text NOT NULL CHECK (status IN ('scheduled', 'requested', 'answered', 'waiting', 'running',
                     'retrying', 'succeeded', 'failed', 'skipped', 'abandoned')),
    model        text,
    due_at       timestamptz,
    finished_at  timestamptz,
    reused_from  uuid,
    error        jsonb,
    output       jsonb,
    {common},
    PRIMARY KEY (execution_id, node)
) WITH (fillfactor = 80);

CREATE INDEX ON {execution_steps} (due_at) WHERE finished_at IS NULL;

-- Every attempt at every step that is more than a computation.
CREATE TABLE {step_attempts} (
    execution_id uuid NOT NULL,
    node         text COLLATE "C" NOT NULL,
    attempt      integer NOT NULL,
    version      bigint,
    status       text NOT NULL CHECK (status IN
                     ('scheduled', 'requested', 'answered', 'waiting', 'running', 'succeeded', 'failed', 'abandoned')),
    model        text,
    began_at     timestamptz NOT NULL,
    ended_at     timestamptz,
    due_at       timestamptz,
    usage        jsonb,
    latency_ms   integer,
    finish_reason text,
    price        numeric(38, 12),
    error        jsonb,
    {common},
    PRIMARY KEY (execution_id, node, attempt)
) WITH (fillfactor = 80);
