-- What makes tokens stale that were issued before, and which tenants are held back: what the edge asks about
-- every request. `kind` is user, member (of `place_id`), session, moved or tenant; `state` is a tenant's status.
CREATE TABLE {standing} (
    kind       text NOT NULL,
    id         uuid NOT NULL,
    place_id   uuid NOT NULL,
    state      text NOT NULL,
    changed_at timestamptz NOT NULL,
    {common},
    PRIMARY KEY (kind, id, place_id)
);

CREATE INDEX ON {standing} (position);
CREATE INDEX ON {standing} (changed_at);
