-- What models cost the platform, from when on. Append-only timelines: the newest begun rate is in force.
-- Rows belong to the platform: tenants and partners do not see costs.
CREATE TABLE {system_rates} (
    rate_id        text PRIMARY KEY,
    model          text NOT NULL,
    input          numeric(38, 18) NOT NULL,
    output         numeric(38, 18) NOT NULL,
    cache_read     numeric(38, 18) NOT NULL,
    cache_write    numeric(38, 18) NOT NULL,
    reasoning      numeric(38, 18) NOT NULL,
    request        numeric(38, 18) NOT NULL,
    image          numeric(38, 18) NOT NULL,
    audio_minute   numeric(38, 18) NOT NULL,
    effective_from timestamptz NOT NULL,
    set_by         text NOT NULL,
    withdrawn_by   text,
    withdrawn_at   timestamptz,
    {common}
);

CREATE INDEX ON {system_rates} (model, effective_from DESC, position DESC);

-- A partner's terms, from when on: for all its tenants and models, or for those named.
CREATE TABLE {partner_terms} (
    terms_id       text PRIMARY KEY,
    for_tenant     uuid,
    for_model      text,
    price          jsonb NOT NULL,
    commission     jsonb NOT NULL,
    minimum        numeric(38, 12) NOT NULL,
    effective_from timestamptz NOT NULL,
    set_by         text NOT NULL,
    withdrawn_by   text,
    withdrawn_at   timestamptz,
    {common}
);

CREATE INDEX ON {partner_terms} (partner_id, effective_from DESC, position DESC);
