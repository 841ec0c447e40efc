"""The round robin, in any history: nobody is lost, no limit is passed, nobody waits behind a crowd."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contexts.execution.admission import Limits, Occupancy, Run, full
from contexts.execution.queueing import QUANTUM, Queue, next_runs
from schemas.base import PartnerId, TenantId

TENANTS = tuple(TenantId(UUID(int=n)) for n in range(1, 6))
PARTNERS = (PartnerId(UUID(int=11)), PartnerId(UUID(int=12)))


def waiting_run(number: int, tenant: int, priority: int = 5, weight: int = 1) -> Run:
    partner = PARTNERS[tenant % 2]
    return Run(
        UUID(int=1000 + number),
        TENANTS[tenant],
        partner,
        number,
        started=False,
        priority=priority,
        weight=weight,
        queued_at=number,
    )


def queue_of(runs: list[Run]) -> Queue:
    queue = Queue()
    for run in runs:
        queue.add(run)
    return queue


backlogs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(1, 40)), max_size=60).map(
    lambda made: [waiting_run(n, *which) for n, which in enumerate(made)]
)
limits = st.builds(Limits, st.integers(0, 6), st.integers(0, 12), st.integers(0, 20))
UNLIMITED = Limits(10_000, 10_000, 10_000)


def taken_of(queue: Queue, occupancy: Occupancy, allowed: Limits, count: int) -> list[Run]:
    return next_runs(queue, occupancy, lambda _: allowed, count)


@given(backlogs, limits, st.lists(st.integers(1, 7), max_size=30))
def test_no_run_is_lost_or_doubled(runs: list[Run], allowed: Limits, counts: list[int]) -> None:
    queue, occupancy = queue_of(runs), Occupancy()
    taken = [run for count in counts for run in taken_of(queue, occupancy, allowed, count)]
    left = [run for line in queue.lines.values() for run in line.runs.values()]
    assert Counter(r.execution_id for r in taken + left) == Counter(r.execution_id for r in runs)
    assert len(queue) == len(left)


@given(backlogs, limits, st.integers(1, 80))
def test_limits_are_never_passed_and_no_place_stays_empty(
    runs: list[Run], allowed: Limits, count: int
) -> None:
    queue, occupancy = queue_of(runs), Occupancy()
    taken = taken_of(queue, occupancy, allowed, count)
    for tenant in TENANTS:
        assert occupancy.running(("tenant", tenant)) <= allowed.tenant
    for partner in PARTNERS:
        assert occupancy.running(("partner", partner)) <= allowed.partner
    assert occupancy.running(("platform", None)) <= allowed.platform
    if len(taken) < count:
        left = [line.first() for line in queue.lines.values()]
        assert all(full(occupancy, run.tenant_id, run.partner_id, allowed) for run in left)


@given(backlogs, st.integers(1, 40), st.integers(0, 20))
def test_a_tenants_only_run_waits_one_round_at_most(runs: list[Run], weight: int, before: int) -> None:
    """Whatever waited before it, and however heavy it is: everybody else goes at most once."""
    queue, occupancy = queue_of([run for run in runs if run.tenant_id != TENANTS[0]]), Occupancy()
    taken_of(queue, occupancy, UNLIMITED, before)
    lone = waiting_run(999, 0, weight=weight)
    queue.add(lone)
    taken = taken_of(queue, occupancy, UNLIMITED, 1000)
    ahead = taken[: taken.index(lone)]
    for tenant in TENANTS[1:]:
        theirs = [run.weight for run in ahead if run.tenant_id == tenant]
        assert sum(theirs[:-1]) < QUANTUM


@given(backlogs)
def test_within_a_tenant_priority_goes_before_age(runs: list[Run]) -> None:
    taken = taken_of(queue_of(runs), Occupancy(), UNLIMITED, 1000)
    for tenant in TENANTS:
        theirs = [(run.priority, run.queued_at) for run in taken if run.tenant_id == tenant]
        assert theirs == sorted(theirs)


def test_a_flood_does_not_delay_anothers_first() -> None:
    flood = [waiting_run(n, 0, weight=3) for n in range(10_000)]
    small = [waiting_run(10_000 + n, tenant) for n, tenant in enumerate((1, 2, 3, 4))]
    taken = taken_of(queue_of(flood + small), Occupancy(), UNLIMITED, 7)
    assert [run.tenant_id for run in taken] == [*[TENANTS[0]] * 3, *TENANTS[1:]]


def test_over_time_tenants_get_the_same_work_not_the_same_number() -> None:
    light = [waiting_run(n, 0, weight=1) for n in range(1000)]
    heavy = [waiting_run(1000 + n, 1, weight=20) for n in range(1000)]
    taken = taken_of(queue_of(light + heavy), Occupancy(), UNLIMITED, 420)
    work = Counter[UUID]()
    for run in taken:
        work[run.tenant_id] += run.weight
    assert abs(work[TENANTS[0]] - work[TENANTS[1]]) <= 20 + QUANTUM


def test_a_run_that_left_the_queue_is_not_begun() -> None:
    runs = [waiting_run(n, 0) for n in range(3)]
    queue = queue_of(runs)
    queue.remove(runs[0])
    queue.remove(runs[0])
    assert taken_of(queue, Occupancy(), UNLIMITED, 9) == runs[1:]
    assert not queue.turns


def test_a_run_that_comes_back_keeps_its_age() -> None:
    runs = [waiting_run(n, 0) for n in range(3)]
    queue, occupancy = queue_of(runs), Occupancy()
    [first] = taken_of(queue, occupancy, UNLIMITED, 1)
    queue.add(first)
    assert taken_of(queue, occupancy, UNLIMITED, 9) == runs
