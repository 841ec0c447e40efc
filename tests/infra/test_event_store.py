"""What every event store does: one suite for the one in memory and the one on Postgres."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import randbytes
from uuid import UUID, uuid4

import pytest

from infra.eventstore.payloads import PREFIX, markers, month_of
from infra.eventstore.types import Batch, ClaimTaken, Conflict, Decided, EventStore, Place, Row, Snapshot
from schemas.base import Claim, TenantId
from schemas.envelope import Problem, Refusal
from tests.support.batches import batch, batch_of, decided, outputs, together
from tests.support.builders import NOW, TENANT_ID

LIMIT = 1_000_000
LARGE = {"text": "x" * 100_000}
REFUSAL = Refusal(
    code="execution.invalid_inputs",
    kind="invalid",
    detail="The inputs do not fit.",
    problems=(Problem(code="execution.missing_input", message="is required", path="inputs.x"),),
)


def new_stream() -> str:
    return f"tenant-{uuid4()}"


def end(store: EventStore) -> int:
    return max((row.position for row in store.after(0, LIMIT)), default=0)


def answers(store: EventStore, ids: Sequence[UUID]) -> Mapping[UUID, Decided]:
    return store.load(ids, {})[0]


def name(owner: str, value: str) -> Claim:
    return Claim("subdomain", value, owner)


def test_events_come_back_as_they_went_in(store: EventStore) -> None:
    stream = new_stream()
    written = batch(stream, [1, 2])
    positions = store.commit(written)
    found = store.streams({stream: 0})
    assert [row.position for row in found] == list(positions)
    assert [(r.data, r.message_id, r.recorded_at, r.actor, r.partner_id) for r in found] == [
        (r.data, r.message_id, r.recorded_at, r.actor, r.partner_id) for r in written.rows
    ]


def test_positions_follow_the_order_of_the_batch(store: EventStore) -> None:
    one, other = new_stream(), new_stream()
    positions = store.commit(together(batch(one, [1, 2]), batch(other, [1]), batch(one, [3])))
    assert list(positions) == sorted(set(positions))
    assert [r.version for r in store.streams({one: 0})] == [1, 2, 3]


def test_later_commits_have_greater_positions(store: EventStore) -> None:
    stream = new_stream()
    positions = [store.commit(batch(stream, [version]))[0] for version in (1, 2, 3)]
    assert positions == sorted(set(positions))


def test_reading_in_pages_gives_every_event_once(store: EventStore) -> None:
    start, stream = end(store), new_stream()
    written = [p for version in range(1, 8) for p in store.commit(batch(stream, [version]))]
    read: list[int] = []
    while page := store.after(read[-1] if read else start, 3):
        assert len(page) <= 3
        read += [row.position for row in page]
    assert read == written


def test_streams_are_read_above_a_version(store: EventStore) -> None:
    one, other = new_stream(), new_stream()
    store.commit(together(batch(one, [1, 2, 3]), batch(other, [1, 2])))
    found = store.streams({one: 2, other: 0, new_stream(): 0})
    assert sorted((r.stream == one, r.version) for r in found) == [(False, 1), (False, 2), (True, 3)]
    assert store.streams({}) == []


def test_answers_and_streams_are_loaded_at_once(store: EventStore) -> None:
    stream, message_id = new_stream(), uuid4()
    store.commit(batch(stream, [1, 2], message_id))
    ids, after = [message_id, uuid4()], {stream: 1, new_stream(): 0}
    found, rows = store.load(ids, after)
    assert list(found) == [message_id]
    assert rows == store.streams(after)
    assert store.load([], {}) == ({}, [])


def test_a_version_conflict_writes_nothing(store: EventStore) -> None:
    taken, free, start = new_stream(), new_stream(), end(store)
    first = store.commit(batch(taken, [1]))
    late = together(batch(free, [1], claims=[name("tenant-x", free)]), batch(taken, [1]))
    with pytest.raises(Conflict):
        store.commit(late)
    assert [row.position for row in store.after(start, LIMIT)] == list(first)
    assert answers(store, [d.answer.message_id for d in late.decided]) == {}
    store.commit(batch(new_stream(), [1], claims=[name("tenant-y", free)]))


@pytest.mark.parametrize("versions", [[1], []], ids=["with events", "without events"])
@pytest.mark.parametrize("known", [0, 1])
def test_a_batch_holds_only_while_what_it_read_is_the_last_there_is(
    store: EventStore, known: int, versions: list[int]
) -> None:
    read, written, absent = new_stream(), new_stream(), new_stream()
    store.commit(batch(read, [1, 2]))
    late = replace(batch(written, versions), read={read: known, absent: 0})
    start = end(store)
    with pytest.raises(Conflict):
        store.commit(late)
    assert store.after(start, LIMIT) == []
    assert answers(store, [d.answer.message_id for d in late.decided]) == {}
    assert len(store.commit(replace(late, read={read: 2, absent: 0}))) == len(versions)


def test_what_a_batch_read_it_may_write(store: EventStore) -> None:
    stream = new_stream()
    store.commit(batch(stream, [1]))
    store.commit(replace(batch(stream, [2, 3]), read={stream: 1}))
    assert [row.version for row in store.streams({stream: 0})] == [1, 2, 3]


@pytest.mark.parametrize("versions", [[1], []], ids=["with events", "without events"])
def test_a_message_id_is_answered_once(store: EventStore, versions: list[int]) -> None:
    message_id, start = uuid4(), end(store)
    store.commit(batch(new_stream(), versions, message_id))
    again = batch(new_stream(), versions, message_id)
    with pytest.raises(Conflict):
        store.commit(again)
    assert len(store.after(start, LIMIT)) == len(versions)


def test_a_message_id_twice_in_a_batch_is_a_conflict(store: EventStore) -> None:
    message_id = uuid4()
    with pytest.raises(Conflict):
        store.commit(together(batch(new_stream(), [1], message_id), batch(new_stream(), [1], message_id)))
    assert answers(store, [message_id]) == {}


def test_the_owner_of_a_name_may_claim_it_again(store: EventStore) -> None:
    stream, mine = new_stream(), name("tenant-a", str(uuid4()))
    store.commit(batch(stream, [1], claims=[mine]))
    store.commit(batch(stream, [2], claims=[mine, mine]))
    assert len(store.streams({stream: 0})) == 2


def test_a_name_of_another_is_taken_and_nothing_is_written(store: EventStore) -> None:
    stream, value, free = new_stream(), str(uuid4()), name("tenant-b", str(uuid4()))
    store.commit(batch(new_stream(), [1], claims=[name("tenant-a", value)]))
    with pytest.raises(ClaimTaken) as caught:
        store.commit(batch(stream, [1], claims=[free, name("tenant-b", value)]))
    assert caught.value.taken == {name("tenant-b", value)}
    assert store.streams({stream: 0}) == []
    store.commit(batch(stream, [1], claims=[name("tenant-c", free.value)]))


def test_of_two_claims_in_a_batch_the_first_has_the_name(store: EventStore) -> None:
    value = str(uuid4())
    first, second = name("tenant-a", value), name("tenant-b", value)
    both = together(batch(new_stream(), [1], claims=[first]), batch(new_stream(), [1], claims=[second]))
    with pytest.raises(ClaimTaken) as caught:
        store.commit(both)
    assert caught.value.taken == {second}


def test_a_released_name_is_free_for_others(store: EventStore) -> None:
    mine, free = name("tenant-a", str(uuid4())), new_stream()
    theirs = name("tenant-b", mine.value)
    store.commit(batch(new_stream(), [1], claims=[mine]))
    store.commit(batch(new_stream(), [1], released=[mine]))
    store.commit(batch(free, [1], claims=[theirs]))
    with pytest.raises(ClaimTaken):
        store.commit(batch(new_stream(), [1], claims=[mine]))
    assert len(store.streams({free: 0})) == 1


def test_a_name_goes_from_one_to_another_in_one_batch(store: EventStore) -> None:
    mine = name("tenant-a", str(uuid4()))
    theirs = mine._replace(owner="tenant-b")
    store.commit(batch(new_stream(), [1], claims=[mine]))
    left, taken = batch(new_stream(), [1], released=[mine]), batch(new_stream(), [1], claims=[theirs])
    store.commit(together(left, taken))
    with pytest.raises(ClaimTaken) as caught:
        store.commit(batch(new_stream(), [1], claims=[mine]))
    assert caught.value.taken == {mine}


def test_only_its_owner_releases_a_name(store: EventStore) -> None:
    mine = name("tenant-a", str(uuid4()))
    theirs = mine._replace(owner="tenant-b")
    store.commit(batch(new_stream(), [1], claims=[mine]))
    with pytest.raises(ClaimTaken):
        store.commit(batch(new_stream(), [1], claims=[theirs], released=[theirs]))
    store.commit(batch(new_stream(), [1], claims=[mine]))


def test_a_conflict_releases_nothing(store: EventStore) -> None:
    """And a name that would have been free is not told to be taken."""
    stream, mine = new_stream(), name("tenant-a", str(uuid4()))
    theirs = mine._replace(owner="tenant-b")
    store.commit(batch(stream, [1], claims=[mine]))
    with pytest.raises(Conflict):
        store.commit(batch(stream, [1], claims=[theirs], released=[mine]))
    with pytest.raises(ClaimTaken):
        store.commit(batch(new_stream(), [1], claims=[theirs]))


def test_the_same_value_of_another_kind_is_free(store: EventStore) -> None:
    value = str(uuid4())
    claims = [Claim("subdomain", value, "tenant-a"), Claim("email", value, "user-b")]
    assert store.commit(batch(new_stream(), [1], claims=claims))


def test_an_answer_comes_back_with_the_position_of_its_last_event(store: EventStore) -> None:
    stream, message_id = new_stream(), uuid4()
    positions = store.commit(batch(stream, [1, 2], message_id))
    found = answers(store, [message_id, uuid4()])
    assert list(found) == [message_id]
    assert found[message_id].input_hash == "hash"
    assert (found[message_id].answer.version, found[message_id].answer.position) == (2, positions[-1])


def test_a_rejected_answer_keeps_its_refusal(store: EventStore) -> None:
    stream, message_id = new_stream(), uuid4()
    refused = decided(message_id, stream, 0, refusal=REFUSAL)
    assert list(store.commit(Batch(NOW, [refused]))) == []
    assert answers(store, [message_id]) == {message_id: refused}


def test_the_newest_snapshot_wins(store: EventStore) -> None:
    stream = new_stream()
    for version, state in ((5, b"5"), (9, b"9"), (7, b"7")):
        store.save_snapshots([Snapshot(stream, version, "shape", TENANT_ID, state)])
    assert store.snapshots([stream, new_stream()]) == [Snapshot(stream, 9, "shape", TENANT_ID, b"9")]


def test_a_snapshot_of_another_shape_replaces_any(store: EventStore) -> None:
    stream = new_stream()
    store.save_snapshots([Snapshot(stream, 9, "old", TENANT_ID, b"9")])
    store.save_snapshots([Snapshot(stream, 7, "new", TENANT_ID, b"7")])
    assert store.snapshots([stream]) == [Snapshot(stream, 7, "new", TENANT_ID, b"7")]


def test_an_effect_is_claimed_once_by_many_threads(store: EventStore) -> None:
    refs = [f"{new_stream()}@1" for _ in range(20)]
    keys = [("execution.make_call", ref, TENANT_ID) for ref in refs]
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda n: store.claim_effects(keys, f"worker-{n}"), range(8)))
    assert sorted(ref for claimed in claims for ref in claimed) == sorted(refs)


def test_another_effect_of_the_same_event_is_free(store: EventStore) -> None:
    ref = f"{new_stream()}@1"
    assert store.claim_effects([("one", ref, TENANT_ID)], "worker") == {ref}
    assert store.claim_effects([("two", ref, TENANT_ID)], "worker") == {ref}
    assert store.claim_effects([("one", ref, TENANT_ID)], "worker") == frozenset()


def test_previous_is_the_position_before(store: EventStore) -> None:
    stream = new_stream()
    first, second = store.commit(batch(stream, [1, 2]))
    with pytest.raises(Conflict):
        store.commit(batch(stream, [2]))
    [third] = store.commit(batch(stream, [3]))
    assert (store.previous(second), store.previous(third)) == (first, second)
    assert store.previous(1) == 0


def test_one_event_is_read_by_its_name(store: EventStore) -> None:
    stream = new_stream()
    positions = store.commit(batch(stream, [1, 2]))
    assert store.event(stream, 2).position == positions[1]
    for missing in (0, 3):
        with pytest.raises(LookupError):
            store.event(stream, missing)


def slim(store: EventStore, stream: str) -> list[Row]:
    return [row for row in store.after(0, LIMIT) if row.stream == stream]


def places(rows: list[Row]) -> set[Place]:
    found = ((row, name) for row, output in zip(rows, outputs(rows), strict=True) for name in markers(output))
    return {Place(row.tenant_id, month_of(row.recorded_at), name) for row, name in found}


def test_a_large_output_comes_back_whole_and_its_row_is_slim(store: EventStore) -> None:
    stream, other = new_stream(), new_stream()
    values = ["small", LARGE, "y" * 50_000]
    store.commit(together(batch_of(stream, values), batch_of(other, [LARGE])))
    assert outputs(store.streams({stream: 0})) == values
    assert outputs(store.load([uuid4()], {stream: 1})[1]) == values[1:]
    assert outputs([store.event(stream, 2)]) == [LARGE]
    assert [len(row.data) < 400 for row in slim(store, stream)] == [True] * 3
    assert outputs(store.streams({other: 0})) == [LARGE]


def test_equal_payloads_are_one(store: EventStore) -> None:
    tenant_id = TenantId(uuid4())
    streams = [new_stream() for _ in range(3)]
    first, *others = (batch_of(stream, [LARGE, LARGE], tenant_id=tenant_id) for stream in streams)
    store.commit(first)
    store.commit(together(*others))
    wanted = {place for stream in streams for place in places(slim(store, stream))}
    assert len(wanted) == len(store.payloads(wanted)) == 1


def test_another_tenants_payload_is_not_there(store: EventStore) -> None:
    stream, value = new_stream(), str(uuid4()) * 2_000
    store.commit(batch_of(stream, [value]))
    [mine] = places(slim(store, stream))
    theirs = mine._replace(tenant_id=TenantId(uuid4()))
    assert store.payloads([mine, theirs]) == {mine: value.encode()}
    assert store.payloads([]) == {}


def test_a_marker_somebody_wrote_stays_their_text(store: EventStore) -> None:
    victim, attacker, tenant_id = new_stream(), new_stream(), TenantId(uuid4())
    store.commit(batch_of(victim, [LARGE]))
    [marker] = outputs(slim(store, victim))
    store.commit(batch_of(attacker, [marker, {"deep": [marker]}, PREFIX]))
    assert outputs(store.streams({attacker: 0})) == [marker, {"deep": [marker]}, PREFIX]
    store.commit(batch_of(attacker + "x", [marker], tenant_id=tenant_id))
    assert outputs(store.streams({attacker + "x": 0})) == [marker]


def test_a_refused_batch_leaves_no_payload(store: EventStore) -> None:
    stream, value = new_stream(), str(uuid4()) * 2_000
    store.commit(batch(stream, [1]))
    refused = batch_of(stream, [value])
    with pytest.raises(Conflict):
        store.commit(refused)
    assert store.payloads(places(refused.rows)) == {}


def test_an_event_whose_payload_is_gone_is_read_with_its_marker(store: EventStore) -> None:
    stream = new_stream()
    written = batch_of(stream, [str(uuid4()) * 2_000])
    written.payloads.clear()
    store.commit(written)
    assert outputs(store.streams({stream: 0})) == outputs(written.rows)


def test_a_batch_may_be_larger_than_what_a_socket_takes_at_once(store: EventStore) -> None:
    stream = new_stream()
    values = [str(uuid4()) * 2_000 for _ in range(200)]
    incompressible = [randbytes(60_000).hex() for _ in range(100)]
    store.commit(batch_of(stream, values + incompressible))
    assert outputs(store.streams({stream: 0})) == values + incompressible


def test_a_batch_may_have_many_events_that_are_large_themselves(store: EventStore) -> None:
    stream = new_stream()
    values = [["x" * 30_000] for _ in range(400)]
    store.commit(batch_of(stream, values))
    assert outputs(store.streams({stream: 0})) == values
