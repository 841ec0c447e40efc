-- A bill is a query over month_totals: the table that added the same entries up goes, in every version.
DROP VIEW IF EXISTS tenant_bills;
DO $$
DECLARE made text;
BEGIN
    FOR made IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename ~ '^tenant_bills_v[0-9]+$'
    LOOP
        EXECUTE format('DROP TABLE %I', made);
    END LOOP;
END $$;
DELETE FROM projections WHERE name = 'tenant_bills';
