-- Who is invited where. What an ended one was sent to is scrubbed. The link itself is not here.
CREATE TABLE {invitations} (
    id          uuid        NOT NULL PRIMARY KEY,
    place_id    uuid        NOT NULL,
    place_name  text        NOT NULL,
    role        text        NOT NULL,
    email       text        NOT NULL,
    email_index text        NOT NULL,
    inviter     text        NOT NULL,
    token_hash  text        NOT NULL,
    status      text        NOT NULL,
    expires_at  timestamptz NOT NULL,
    {common}
);

CREATE INDEX ON {invitations} (token_hash) WHERE status = 'pending';
CREATE INDEX ON {invitations} (email_index) WHERE status = 'pending';
CREATE INDEX ON {invitations} (place_id, created_at DESC, id DESC);
