"""Who acted is sealed with what they did: support in a user's name as both."""

from uuid import UUID

import psycopg

from infra.audit import canonical
from infra.audit.copying import copied
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch
from schemas.access import Role
from schemas.billing.wallets import WalletToppedUp
from schemas.envelope import Actor
from tests.support.batches import decided, row
from tests.support.builders import NOW

SUPPORT, SUBJECT = UUID(int=1), UUID(int=2)
HELPER = Actor(kind="user", id=str(SUBJECT), role=Role.TENANT_ADMIN, impersonator=str(SUPPORT))
PROGRAM = Actor(kind="service", id=str(SUBJECT), role=Role.TENANT_BILLING)


def test_the_ledgers_canonical_bytes_name_who_really_acted(
    store: PostgresEventStore, database_url: str
) -> None:
    for version, actor in enumerate((HELPER, PROGRAM), start=1):
        made = row("wallet-1", version, type=WalletToppedUp.type_name, actor=str(actor))
        store.commit(Batch(NOW, [decided(made.message_id, "wallet-1", version)], [made]))
    assert sealed_actors(database_url) == [f"user:{SUPPORT} for user:{SUBJECT}", f"service:{SUBJECT}"]


def sealed_actors(url: str) -> list[str]:
    query = canonical.ROWS.format(above=0, upto=10**9, limit=10)
    with psycopg.connect(url) as conn:
        heads = [canonical.split(data)[0] for data in copied(conn, query)]
    return [canonical.decoded(head).actor for head in heads]
