-- Triggers as they are set up; version 0 with hash '' is the newest version at the time. A webhook's encrypted
-- secret stands apart from its definition: only the check of a call reads it.
CREATE TABLE {triggers} (
    id                uuid PRIMARY KEY,
    name              text NOT NULL,
    workflow_id       uuid NOT NULL,
    version           integer NOT NULL,
    hash              text NOT NULL,
    definition        jsonb NOT NULL,
    secret_ciphertext text NOT NULL,
    enabled           boolean NOT NULL,
    next_tick         timestamptz,
    {common}
);

CREATE INDEX ON {triggers} (tenant_id, created_at DESC, id DESC);

-- What came of each occurrence; `id` is its run's, `event_position` where the trigger's event is.
-- Ticks that were skipped together, from `at` to `until`, are one row.
CREATE TABLE {trigger_deliveries} (
    id             uuid PRIMARY KEY,
    trigger_id     uuid NOT NULL,
    occurrence     text NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz,
    ticks          integer,
    status         text NOT NULL
        CHECK (status IN ('pending', 'queued', 'started', 'refused', 'misfired', 'skipped')),
    problem        jsonb,
    event_position bigint NOT NULL,
    {common}
);

CREATE INDEX ON {trigger_deliveries} (trigger_id, created_at DESC, id DESC);
CREATE INDEX ON {trigger_deliveries} (trigger_id, occurrence);
CREATE INDEX ON {trigger_deliveries} (created_at, id) WHERE status = 'pending';
