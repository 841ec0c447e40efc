"""Personal data: sealed under the key of whom it is about, unreadable once that key is gone."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from pydantic import TypeAdapter

from infra.crypto.personal import KEPT_SECONDS, PersonalBox, SubjectErased
from infra.crypto.secrets import UnreadableSecret
from infra.crypto.subject_keys import PostgresSubjectKeys, SubjectKeys, Wrapped
from infra.db.pools import VAULT, async_pool
from schemas.personal import Personal, Redacted, subject_of
from tests.support.builders import NOW

MASTER, OLD_MASTER = "the master key", "the master key before"
ADA, BOB = uuid4(), uuid4()
DAY = timedelta(days=1)


class MemoryKeys:
    def __init__(self) -> None:
        self.keys: list[Wrapped] = []
        self.destroyed: set[UUID] = set()
        self.reads = 0

    async def read(self, subjects: Collection[UUID]) -> Sequence[Wrapped]:
        self.reads += 1
        found = [key for key in self.keys if key.subject in subjects]
        return sorted(found, key=lambda key: key.generation)

    async def add(self, key: Wrapped) -> None:
        known = {(one.subject, one.generation) for one in self.keys}
        if key.subject not in self.destroyed and (key.subject, key.generation) not in known:
            self.keys.append(key)

    async def keep(self, subject: UUID, until: datetime | None) -> None:
        for n, key in enumerate(self.keys):
            if key.subject == subject and key.until and (until is None or until > key.until):
                self.keys[n] = key._replace(until=until)

    async def destroy_over(self, now: datetime, limit: int) -> int:
        over = [key for key in self.keys if key.until and key.until <= now][:limit]
        return sum([await self.destroy(subject) for subject in {key.subject for key in over}])

    async def destroy(self, subject: UUID) -> int:
        before = len(self.keys)
        self.keys = [key for key in self.keys if key.subject != subject]
        self.destroyed.add(subject)
        return before - len(self.keys)


@pytest.fixture(params=["memory", "postgres"])
async def keys(request: pytest.FixtureRequest, store_url: str) -> AsyncIterator[SubjectKeys]:
    if request.param == "memory":
        yield MemoryKeys()
        return
    async with async_pool(store_url, VAULT, max_size=2) as pool:
        yield PostgresSubjectKeys(pool)


async def test_what_is_sealed_for_somebody_is_opened_again(keys: SubjectKeys) -> None:
    box, ada, bob = PersonalBox(keys, [MASTER]), uuid4(), uuid4()
    email, name = await box.seal(ada, "ada@example.com", "Ada 🜁")
    [other] = await box.seal(bob, "ada@example.com")
    assert subject_of(email) == ada
    assert TypeAdapter(Personal).validate_python(email) == email
    assert email.split(".")[3] != other.split(".")[3]
    fresh = PersonalBox(keys, [MASTER])
    assert await fresh.open([name, other, email]) == ["Ada 🜁", "ada@example.com", "ada@example.com"]


async def test_erasing_is_destroying_a_key(keys: SubjectKeys) -> None:
    box, ada, bob = PersonalBox(keys, [MASTER]), uuid4(), uuid4()
    [gone], [stays] = await box.seal(ada, "ada@example.com"), await box.seal(bob, "bob@example.com")
    assert await box.destroy(ada) == 1
    assert await box.open([gone, stays, ""]) == [Redacted(), "bob@example.com", Redacted()]
    with pytest.raises(SubjectErased):
        await box.seal(ada, "again@example.com")
    assert await box.destroy(ada) == 0


async def test_who_never_came_is_forgotten_when_their_time_is_over(keys: SubjectKeys) -> None:
    box, ada, bob = PersonalBox(keys, [MASTER]), uuid4(), uuid4()
    [never] = await box.seal(ada, "ada@example.com", until=NOW)
    [again] = await box.seal(bob, "bob@example.com", until=NOW)
    await box.seal(bob, "once more", until=NOW + DAY)
    assert await keys.destroy_over(NOW - DAY, 10) == 0
    assert await keys.destroy_over(NOW, 10) == 1
    fresh = PersonalBox(keys, [MASTER])
    assert await fresh.open([never, again]) == [Redacted(), "bob@example.com"]
    with pytest.raises(SubjectErased):
        await fresh.seal(ada, "too late")
    assert await keys.destroy_over(NOW + DAY, 10) == 1


async def test_who_came_is_kept_whatever_is_said_later(keys: SubjectKeys) -> None:
    box, ada = PersonalBox(keys, [MASTER]), uuid4()
    [letter] = await box.seal(ada, "ada@example.com", until=NOW)
    await box.seal(ada, "ada@example.com", "Ada")
    await PersonalBox(keys, [MASTER]).seal(ada, "a link", until=NOW)
    assert await keys.destroy_over(NOW + DAY, 10) == 0
    assert await PersonalBox(keys, [MASTER]).open([letter]) == ["ada@example.com"]


async def test_a_new_generation_seals_and_the_old_one_still_opens(keys: SubjectKeys) -> None:
    box, ada = PersonalBox(keys, [MASTER]), uuid4()
    [old] = await box.seal(ada, "before")
    assert await box.rotate(ada) == 2
    [new] = await box.seal(ada, "after")
    assert (old.split(".")[2], new.split(".")[2]) == ("1", "2")
    assert await box.open([old, new]) == ["before", "after"]
    assert await box.destroy(ada) == 2


async def test_processes_that_begin_together_agree_on_a_key(keys: SubjectKeys) -> None:
    first, second, ada = PersonalBox(keys, [MASTER]), PersonalBox(keys, [MASTER]), uuid4()
    [one], [two] = await first.seal(ada, "one"), await second.seal(ada, "two")
    assert await first.open([two]) == ["two"] and await second.open([one]) == ["one"]


async def test_another_process_forgets_a_destroyed_key_soon() -> None:
    keys, clock = MemoryKeys(), [0.0]
    here, there = PersonalBox(keys, [MASTER]), PersonalBox(keys, [MASTER], now=lambda: clock[0])
    [text] = await here.seal(ADA, "ada@example.com")
    assert await there.open([text]) == ["ada@example.com"]
    await here.destroy(ADA)
    clock[0] += KEPT_SECONDS
    assert await there.open([text]) == [Redacted()]


async def test_keys_are_read_once_for_a_page_and_kept_for_a_while() -> None:
    keys = MemoryKeys()
    box = PersonalBox(keys, [MASTER])
    texts = [(await box.seal(uuid4(), "x"))[0] for _ in range(5)]
    keys.reads = 0
    other = PersonalBox(keys, [MASTER])
    await other.open(texts)
    await other.open(texts)
    assert keys.reads == 1


async def test_the_master_key_may_change() -> None:
    keys = MemoryKeys()
    [text] = await PersonalBox(keys, [OLD_MASTER]).seal(ADA, "ada@example.com")
    rotated = PersonalBox(keys, [MASTER, OLD_MASTER])
    assert await rotated.open([text]) == ["ada@example.com"]
    assert rotated.index("email", "a@b.example") == PersonalBox(keys, [OLD_MASTER]).index(
        "email", "a@b.example"
    )
    with pytest.raises(UnreadableSecret):
        await PersonalBox(keys, [MASTER]).open([text])


async def test_a_text_opens_only_where_it_was_sealed() -> None:
    box = PersonalBox(MemoryKeys(), [MASTER])
    [ada], [bob] = await box.seal(ADA, "ada"), await box.seal(BOB, "bob")
    forged = ".".join([*bob.split(".")[:3], ada.split(".")[3]])
    with pytest.raises(InvalidTag):
        await box.open([forged])


def test_an_index_tells_nothing_and_kinds_do_not_meet() -> None:
    box, other = PersonalBox(MemoryKeys(), [MASTER]), PersonalBox(MemoryKeys(), ["another"])
    index = box.index("email", "ada@example.com")
    assert len(index) == 64 and index == box.index("email", "ada@example.com")
    assert index not in (box.index("identity", "ada@example.com"), other.index("email", "ada@example.com"))
