-- The vault: what proves who people are. Of one role's only, which has nothing else.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hb_vault') THEN CREATE ROLE hb_vault NOLOGIN; END IF;
    EXECUTE format('GRANT hb_vault TO %I', current_user);
END $$;

CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA vault TO hb_vault;
