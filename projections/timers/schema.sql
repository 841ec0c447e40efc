-- Commands to send at a time. `stream` is whose timer it is: when it ends, its timers go.
CREATE TABLE {timers} (
    name    text COLLATE "C" PRIMARY KEY,
    stream  text NOT NULL,
    due_at  timestamptz NOT NULL,
    command text NOT NULL,
    data    jsonb NOT NULL,
    {common}
);

CREATE INDEX ON {timers} (due_at);
CREATE INDEX ON {timers} (stream);
