-- Resellers. A row belongs to the platform and to the partner itself.
CREATE TABLE {partners} (
    id                 uuid PRIMARY KEY,
    name               text NOT NULL,
    admin_user_id      uuid,
    markup_percent     numeric(12, 6) NOT NULL,
    commission_percent numeric(12, 6) NOT NULL,
    settings           jsonb,
    branding           jsonb,
    closed_at          timestamptz,
    {common}
);
