-- Runs that have not ended and are nobody's subworkflow: who waits and who takes a place. Rows go when runs
-- end, so it stays small. `queued_at`: the position of the run's first event, which is its age.
CREATE TABLE {run_queue} (
    execution_id uuid PRIMARY KEY,
    started      boolean NOT NULL,
    parked       boolean NOT NULL,
    paused       boolean NOT NULL,
    priority     integer NOT NULL,
    weight       integer NOT NULL,
    queued_at    bigint NOT NULL,
    scope        text,             -- of the limit it was queued for, how many that allows, how many ran
    run_limit    integer,
    running      integer,
    {common}
) WITH (fillfactor = 70);

CREATE INDEX ON {run_queue} (tenant_id);
