"""A worker process: any set of roles, composed here. `python -m bus.app --role all`."""

import argparse
import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
import uvloop

from bus import (
    closer,
    failpoints,
    projection_consumer,
    reconciler,
    relay,
    scheduler,
    sealer,
    timers,
    vault_sweeper,
    wiring,
)
from bus.admission import Admission
from bus.closer import Closer
from bus.command_consumer import CommandConsumer
from bus.decider import Decider
from bus.effect_consumer import EffectConsumer
from bus.effect_ports import effect_ports
from bus.ending import end
from bus.failures import PATIENT, Patience
from bus.leader import lead
from bus.ledger_stream import LedgerStream
from bus.months import keep_ahead
from bus.overdue_table import ProjectedOverdue
from bus.parts import Parts, now, parts
from bus.period_table import ProjectedPeriods
from bus.policy_consumer import PolicyConsumer
from bus.projection_consumer import ProjectionConsumer
from bus.reconciler import Reconciler
from bus.relay import Relay
from bus.run_feed import RunFeed, loader
from bus.run_index import RunIndex
from bus.scheduler import Schedule, Scheduler
from bus.sealer import Sealer
from bus.timer_table import ProjectedTimers
from bus.vault_sweeper import VaultSweeper
from bus.wake import announcer, listen
from bus.witnessing import witnessing
from contexts.execution.admission import Limits
from infra import metrics, telemetry
from infra.audit.keys import stored_keys
from infra.crypto.master_key import master_key
from infra.errors import SetupError
from infra.eventstore.types import Row
from infra.identity.sweep import sweep
from infra.settings import Settings, load
from projections.registry import PROJECTIONS

ROLES = ("commands", "relay", "policies", "effects", "projections", "timers", "scheduler", "sealer")
IO_THREADS = 16
SWITCH_SECONDS = 0.0005
"""Deciding runs in a thread; the event loop must not wait the default 5 ms for its turn."""

GC_THRESHOLD = (50_000, 20, 50)
"""Messages are many, short-lived and free of cycles: look for cycles seldom."""

Work = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


def commands(p: Parts, on_commit: Callable[[Sequence[Row]], None]) -> Work:
    index = RunIndex()
    admission = Admission(limits(p.settings), index)
    decider = Decider(p.store, wiring.HANDLERS, wiring.FACTS, now, admission)
    executor = ThreadPoolExecutor(1, "decide")
    consumer = CommandConsumer(p.bus.nc, p.bus.js, decider, executor, on_commit, p.heartbeat, p.patience)

    async def work() -> None:
        feed = RunFeed(p.bus.nc, p.bus.js, loader(p.pool, p.store), index)
        async with asyncio.TaskGroup() as group:
            group.create_task(feed.run())
            await feed.ready.wait()
            await consumer.run()

    return work


def limits(settings: Settings) -> Limits:
    return Limits(settings.runs_per_tenant, settings.runs_per_partner, settings.runs_on_platform)


def schedule(p: Parts) -> Work:
    async def work() -> None:
        """Anew in every reign: what was in flight in an earlier one is found in the database."""
        index = RunIndex()
        begins = Scheduler(Schedule(limits(p.settings), index), scheduler.through(p.submitter))
        feed = RunFeed(p.bus.nc, p.bus.js, loader(p.pool, p.store), index, begins.wake, sweeping=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(feed.run())
            group.create_task(begins.run())

    return leading(p, scheduler.LOCK, work)


def policies(p: Parts) -> list[Work]:
    return [
        PolicyConsumer(p.bus.nc, p.bus.js, p.submitter, context, found, p.store, p.heartbeat, p.patience).run
        for context, found in wiring.policies_by_context().items()
    ]


def effects(p: Parts) -> list[Work]:
    ports = effect_ports(p)
    worker = f"{socket.gethostname()}:{os.getpid()}"
    consumers = [
        EffectConsumer(
            p.bus.nc,
            p.bus.js,
            p.submitter,
            context,
            found,
            ports[context],
            p.store,
            worker,
            p.settings.effect_concurrency,
            p.heartbeat,
            p.patience,
        ).run
        for context, found in wiring.effects_by_context().items()
    ]
    return [partial(p.ends.follow, p.bus.nc), *consumers]


def projections(p: Parts) -> Work:
    consumer = ProjectionConsumer(p.bus.nc, p.bus.js, p.pool, PROJECTIONS, p.store)
    return leading(p, projection_consumer.LOCK, consumer.run)


def sealing(p: Parts) -> Work:
    async def work() -> None:
        settings = p.settings
        load = partial(stored_keys, p.database_url, master_key(settings), settings.audit_origin)
        keys = await asyncio.to_thread(load)
        async with asyncio.TaskGroup() as group:
            group.create_task(Sealer(p.pool, p.database_url, load).run())
            group.create_task(LedgerStream(p.bus.nc, p.bus.js, p.pool, keys).run())
            for one in witnessing(p.pool, p.settings):
                group.create_task(one.run())

    return leading(p, sealer.LOCK, work)


def reconciling(p: Parts) -> Reconciler:
    return Reconciler(ProjectedOverdue(p.pool, p.store), p.submitter, clock=lambda: datetime.now(UTC))


def closing(p: Parts) -> Closer:
    grace = timedelta(hours=p.settings.period_grace_hours)
    return Closer(ProjectedPeriods(p.pool), p.submitter, now, grace)


def sweeping(p: Parts) -> VaultSweeper:
    return VaultSweeper(lambda: sweep(p.vault, now()))


def leading(p: Parts, lock: int, work: Work) -> Work:
    return partial(lead, p.database_url, lock, work, lambda: p.bus.nc.is_connected)


def hand_over(here: Relay, announce: Callable[[Sequence[Row]], None]) -> Callable[[Sequence[Row]], None]:
    """To the relay of this process while it has the lead, otherwise to whichever process has it."""

    def on_commit(rows: Sequence[Row]) -> None:
        if here.leading:
            here.offer(rows)
        else:
            announce(rows)

    return on_commit


def works(p: Parts, roles: Sequence[str]) -> list[Work]:
    on_commit = hand_over(p.relay, announcer(p.bus.nc))
    table: dict[str, Callable[[], list[Work]]] = {
        "commands": lambda: [commands(p, on_commit)],
        "relay": lambda: [
            leading(p, relay.LOCK, p.relay.run),
            partial(listen, p.bus.nc, p.relay.wake),
            p.monitor.watch_relay,
        ],
        "policies": lambda: policies(p),
        "effects": lambda: effects(p),
        "projections": lambda: [projections(p), p.monitor.watch_projections],
        "timers": lambda: [
            leading(p, timers.LOCK, timers.Timers(ProjectedTimers(p.pool), p.submitter).run),
            leading(p, reconciler.LOCK, reconciling(p).run),
            leading(p, closer.LOCK, closing(p).run),
            leading(p, vault_sweeper.LOCK, sweeping(p).run),
            partial(keep_ahead, p.database_url, p.settings.access_log_months),
        ],
        "scheduler": lambda: [schedule(p)],
        "sealer": lambda: [
            sealing(p),
            p.monitor.watch_sealer,
            *(one.watch for one in witnessing(p.pool, p.settings)),
        ],
    }
    return [work for role in roles for work in table[role]()]


async def run(settings: Settings, roles: Sequence[str], patience: Patience = PATIENT) -> None:
    """Runs until SIGTERM or SIGINT, or until a role ends with a defect."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(IO_THREADS, "io"))
    async with parts(settings, patience) as p:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        tasks = [asyncio.ensure_future(work()) for work in works(p, roles)]
        stopped = asyncio.ensure_future(stop.wait())
        log.info("worker runs", roles=list(roles))
        done, _ = await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await end((*tasks, stopped))
        for task in done - {stopped}:
            task.result()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Runs worker roles.")
    parser.add_argument("--role", default="all", help=f"all, or a comma-separated list of {', '.join(ROLES)}")
    asked = parser.parse_args(arguments).role
    roles = ROLES if asked == "all" else tuple(asked.split(","))
    if unknown := set(roles) - set(ROLES):
        parser.error(f"unknown role {', '.join(sorted(unknown))}: choose from {', '.join(ROLES)}")
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    settings = load()
    failpoints.arm(settings.failpoints)
    telemetry.setup(settings, f"worker-{asked}")
    if settings.metrics_port:
        metrics.serve(settings.metrics_port, settings.api_host)
    try:
        uvloop.run(run(settings, roles))
    except SetupError as error:
        raise SystemExit(f"✗ {error}") from error


if __name__ == "__main__":
    main(sys.argv[1:])
