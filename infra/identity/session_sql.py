"""The statements of `sessions`."""

from infra.identity.session_rows import COLUMNS

CREATE = f"""
INSERT INTO vault.sessions (id, user_id, generation, token_hash, created_at, used_at, expires_at,
    authenticated_at, amr, ip, user_agent, role, place_tenant, place_partner)
VALUES (%(id)s, %(user_id)s, 1, %(hash)s, %(now)s, %(now)s, %(expires_at)s, %(now)s, %(amr)s, %(ip)s,
    %(user_agent)s, %(role)s, %(tenant)s, %(partner)s)
RETURNING {COLUMNS}"""
END = "revoked_at = %(now)s, revoked_because = %(because)s, changed_at = clock_timestamp()"
END_OVERFLOW = f"""
UPDATE vault.sessions SET {END} WHERE revoked_at IS NULL AND id IN (
    SELECT id FROM vault.sessions WHERE user_id = %(user_id)s AND revoked_at IS NULL
    ORDER BY used_at DESC, id OFFSET %(most)s)"""
LIVES = "revoked_at IS NULL AND expires_at > %(now)s AND used_at > %(idle_since)s"
REDEEM = f"""
UPDATE vault.sessions SET generation = generation + 1, token_hash = %(next_hash)s, rotated_at = %(now)s,
    used_at = %(now)s, ip = %(ip)s, user_agent = %(user_agent)s
WHERE id = %(id)s AND generation = %(generation)s AND token_hash = %(hash)s AND {LIVES}
RETURNING {COLUMNS}"""
LOCKED = f"SELECT {COLUMNS} FROM vault.sessions WHERE id = %(id)s FOR UPDATE"
END_ONE = f"UPDATE vault.sessions SET {END} WHERE id = %(id)s AND revoked_at IS NULL"
END_OWN = f"{END_ONE} AND user_id = %(user_id)s"
END_ALL = f"""
UPDATE vault.sessions SET {END}
WHERE user_id = %(user_id)s AND revoked_at IS NULL AND id IS DISTINCT FROM %(but)s RETURNING id"""
FIND = f"SELECT {COLUMNS} FROM vault.sessions WHERE id = %(id)s AND {LIVES}"
LIST = f"""
SELECT {COLUMNS} FROM vault.sessions WHERE user_id = %(user_id)s AND {LIVES}
ORDER BY used_at DESC, id LIMIT %(most)s"""
STEP_UP = f"""
UPDATE vault.sessions SET authenticated_at = %(now)s,
    amr = ARRAY(SELECT DISTINCT unnest(amr || %(amr)s::text[]) ORDER BY 1)
WHERE id = %(id)s AND {LIVES} RETURNING {COLUMNS}"""
SWITCH = f"""
UPDATE vault.sessions SET role = %(role)s, place_tenant = %(tenant)s, place_partner = %(partner)s
WHERE id = %(id)s AND {LIVES} RETURNING {COLUMNS}"""
CHANGES = """
SELECT statement_timestamp(), id, changed_at
FROM (SELECT) now LEFT JOIN (
    SELECT id, changed_at FROM vault.sessions
    WHERE revoked_at IS NOT NULL AND changed_at > %(since)s::timestamptz - %(overlap)s::interval
    ORDER BY changed_at LIMIT %(most)s) changed ON true"""
