"""`hb rates`: list, history, set, withdraw."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import CROSS, DOT, TICK, out, plain, table
from api.cli.operate import desk
from api.cli.reading import Connection, connected
from infra.settings import Settings
from projections.rate_cards import queries
from projections.rate_cards.queries import PartnerTerms, SystemRate
from schemas.base import Command
from schemas.billing.commands import SetSystemRate, WithdrawSystemRate
from schemas.billing.types import TokenRates

CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")
UNITS = ("request", "image", "audio_minute")
R = TypeVar("R")


def list_rates(settings: Settings) -> None:
    show_rates([rate for rate in all_rates(settings) if current(rate)])


def list_terms(settings: Settings, partner_id: UUID) -> None:
    show_terms([terms for terms in all_terms(settings, partner_id) if current(terms)])


def show_history(settings: Settings, model: str | None, partner_id: UUID | None) -> None:
    if partner_id is not None:
        show_terms(all_terms(settings, partner_id), history=True)
    else:
        show_rates(all_rates(settings, model), history=True)


def all_rates(settings: Settings, model: str | None = None, in_force: bool = False) -> list[SystemRate]:
    now = datetime.now(UTC)
    return asyncio.run(read(settings, lambda conn: queries.system_rates(conn, now, model, in_force)))


def all_terms(settings: Settings, partner_id: UUID) -> list[PartnerTerms]:
    return asyncio.run(read(settings, lambda conn: queries.terms_of(conn, partner_id, datetime.now(UTC))))


async def read(settings: Settings, query: Callable[[Connection], Awaitable[R]]) -> R:
    async with connected(find(settings).database_url) as conn:
        return await query(conn)


def current(entry: SystemRate | PartnerTerms) -> bool:
    """In force, or to come."""
    to_come = entry.effective_from > datetime.now(UTC) and entry.withdrawn_at is None
    return entry.in_force or to_come


def show_rates(found: Sequence[SystemRate], history: bool = False) -> None:
    if not found:
        out.print("No model has a rate yet: calls to it are refused until it has one.")
        return
    shown = CLASSES + tuple(unit for unit in UNITS if any(getattr(rate, unit) for rate in found))
    titles = [name.replace("_", " ") for name in shown]
    made = table("", "model", *titles, "in force from", *told(history), right=tuple(titles))
    for rate in found:
        amounts = [plain(getattr(rate, name)) for name in shown]
        more = [*by_whom(rate), rate.rate_id] if history else []
        made.add_row(mark(rate), rate.model, *amounts, moment(rate.effective_from), *more)
    out.print(made)
    out.print("[quiet]US dollars per million tokens, or for each request, image and minute of audio[/]")


def show_terms(found: Sequence[PartnerTerms], history: bool = False) -> None:
    if not found:
        out.print("This partner has no terms: calls of its tenants are refused until it has.")
        return
    made = table("", "tenant", "model", "price", "commission", "minimum", "in force from", *told(history))
    for terms in found:
        place = (str(terms.for_tenant or "all"), terms.for_model or "all")
        agreed = (in_words(terms.price), share_in_words(terms.commission), plain(terms.minimum))
        more = [*by_whom(terms), terms.terms_id] if history else []
        made.add_row(mark(terms), *place, *agreed, moment(terms.effective_from), *more)
    out.print(made)


def told(history: bool) -> tuple[str, ...]:
    return ("set by", "set", "withdrawn by", "id") if history else ()


def by_whom(entry: SystemRate | PartnerTerms) -> list[str]:
    return [entry.set_by, moment(entry.created_at), entry.withdrawn_by or ""]


def mark(entry: SystemRate | PartnerTerms) -> str:
    return TICK if entry.in_force else CROSS if entry.withdrawn_at else DOT


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def in_words(rule: dict[str, Any]) -> str:
    match rule["kind"]:
        case "percent":
            bounds = [name for name in ("floor", "cap") if rule.get(name)]
            return ", ".join([f"cost + {plain(Decimal(rule['markup_percent']))} %", *bounds])
        case "package":
            return f"{plain(Decimal(rule['price']))} per {rule['tokens']} tokens"
        case "absolute":
            return f"{plain(Decimal(rule['rates']['input']))} / {plain(Decimal(rule['rates']['output']))}"
    return f"{rule['kind']}, {len(rule['tiers'])} tiers of {rule['of']}"


def share_in_words(commission: dict[str, Any]) -> str:
    return f"{plain(Decimal(commission['percent']))} % of the {commission['of']}"


def set_rate(settings: Settings, model: str, given: dict[str, Decimal]) -> None:
    try:
        command = SetSystemRate(model=model, rates=TokenRates.model_validate(given))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.", "") from error
    asyncio.run(order(settings, command))
    named = {name: amount for name, amount in command.rates if name in CLASSES or amount}
    rates = ", ".join(f"{name.replace('_', ' ')} {plain(amount)}" for name, amount in named.items())
    out.print(f"{TICK} {model} costs, per million tokens: {rates}", soft_wrap=True)


def withdraw_rate(settings: Settings, rate_id: str) -> None:
    asyncio.run(order(settings, WithdrawSystemRate(rate_id=rate_id)))
    out.print(f"{TICK} {rate_id} will not begin", soft_wrap=True)


async def order(settings: Settings, command: Command) -> None:
    async with desk(find(settings)) as at:
        await at.seen(await at.order(command), "rate_cards")
