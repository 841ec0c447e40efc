"""`hb rates import`: the public price table beside the rates in force, and into them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import CROSS, DOT, TICK, err, out, plain, table
from api.cli.money import CLASSES, UNITS, all_rates
from api.cli.operate import Desk, desk
from infra.price_table import Listed, listed, table_version
from infra.settings import Settings
from schemas.billing.commands import SetSystemRate
from schemas.billing.types import TokenRates
from schemas.envelope import Answer


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None for a model that has no rate yet."""

    model: str
    before: TokenRates | None
    after: TokenRates


def bring_in(settings: Settings, providers: Sequence[str], match: str, apply: bool) -> None:
    now = datetime.now(UTC)
    found = [one for one in chain(*(listed(name, now) for name in providers)) if match in one.model]
    if not found:
        raise Refused(f"the table lists no such model of {', '.join(providers)}.", "")
    wanted = changes(found, in_force(settings))
    show(found, wanted)
    if not wanted:
        out.print("Nothing to change.")
    elif apply:
        asyncio.run(set_all(settings, wanted))
    else:
        out.print("Nothing was set. With --apply these are in force from then on.")


def in_force(settings: Settings) -> dict[str, TokenRates]:
    names = TokenRates.model_fields
    return {
        rate.model: TokenRates(**{name: getattr(rate, name) for name in names})
        for rate in all_rates(settings, in_force=True)
    }


def changes(found: Iterable[Listed], known: Mapping[str, TokenRates]) -> list[Change]:
    return [
        Change(one.model, known.get(one.model), one.rates)
        for one in found
        if one.rates is not None and one.rates != known.get(one.model)
    ]


def show(found: Sequence[Listed], wanted: Sequence[Change]) -> None:
    if wanted:
        out.print(changes_table(wanted))
    skipped = [one for one in found if one.rates is None]
    for one in skipped:
        out.print(f"{DOT} {one.model} is left out: {one.why}", style="quiet", soft_wrap=True)
    same = len(found) - len(wanted) - len(skipped)
    out.print(
        f"genai-prices {table_version()}: {len(wanted)} to set, {same} as they are, {len(skipped)} left out"
    )


def changes_table(wanted: Sequence[Change]) -> Table:
    units = tuple(unit for unit in UNITS if any(getattr(one.after, unit) for one in wanted))
    titles = [name.replace("_", " ") for name in CLASSES + units]
    made = table("", "model", *titles, right=tuple(titles))
    for one in wanted:
        mark = "[good]+[/]" if one.before is None else "[warn]~[/]"
        made.add_row(mark, one.model, *(shown(one, name) for name in CLASSES + units))
    return made


def shown(change: Change, name: str) -> str:
    after = getattr(change.after, name)
    before = getattr(change.before, name) if change.before else after
    if before == after:
        return plain(after)
    return f"[quiet]{plain(before)} →[/] {plain(after)}"


async def set_all(settings: Settings, wanted: Sequence[Change]) -> None:
    """One refusal, as when another rate is planned already, does not keep the others from being set."""
    async with desk(find(settings)) as at:
        answers = [answer for change in wanted if (answer := await set_one(at, change))]
        if answers:
            await at.seen(answers[-1], "rate_cards")
    out.print(f"{TICK} {len(answers)} set")
    if len(answers) < len(wanted):
        raise Refused(f"{len(wanted) - len(answers)} could not be set.", "")


async def set_one(at: Desk, change: Change) -> Answer | None:
    try:
        return await at.order(SetSystemRate(model=change.model, rates=change.after))
    except Refused as error:
        err.print(f"{CROSS} {change.model}: {error}", soft_wrap=True)
        return None
