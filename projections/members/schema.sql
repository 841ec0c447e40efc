-- Who has which role where. `place_id` is the tenant, the partner, or the platform.
CREATE TABLE {members} (
    place_id    uuid NOT NULL,
    id          uuid NOT NULL,
    email       text NOT NULL,
    email_index text NOT NULL,
    name        text NOT NULL,
    role        text NOT NULL,
    {common},
    PRIMARY KEY (place_id, id)
);

CREATE INDEX ON {members} (id);
CREATE INDEX ON {members} (place_id, created_at DESC, id DESC);
