-- People who can log in. Their own data is ciphertext; `email_index` finds an address without telling it, until they
-- are erased: then somebody new may come under it.
CREATE TABLE {users} (
    id          uuid PRIMARY KEY,
    email       text NOT NULL,
    email_index text NOT NULL UNIQUE,
    name        text NOT NULL,
    verified    boolean NOT NULL,
    disabled    boolean NOT NULL,
    erased      boolean NOT NULL,
    {common}
);

-- The accounts at other providers that people sign in with.
CREATE TABLE {user_identities} (
    subject_index text PRIMARY KEY,
    user_id       uuid NOT NULL,
    provider      text NOT NULL,
    {common}
);
CREATE INDEX ON {user_identities} (user_id);
