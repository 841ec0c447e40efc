import psycopg

from infra.db.migrate import MIGRATIONS

BILLS = (MIGRATIONS / "0012_bills.sql").read_bytes()


def test_the_bills_of_every_version_go_and_nothing_else(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        before = conn.execute("SELECT count(*) FROM pg_tables").fetchall()
        for version in (1, 2):
            conn.execute(f"CREATE TABLE tenant_bills_v{version} (period text)".encode())
        conn.execute("CREATE VIEW tenant_bills AS SELECT * FROM tenant_bills_v2")
        conn.execute("INSERT INTO projections (name, version, shape) VALUES ('tenant_bills', 2, 'x')")
        conn.execute(BILLS)
        assert conn.execute("SELECT count(*) FROM pg_tables").fetchall() == before
        assert conn.execute("SELECT to_regclass('tenant_bills')").fetchall() == [(None,)]
        assert conn.execute("SELECT name FROM projections WHERE name = 'tenant_bills'").fetchall() == []
