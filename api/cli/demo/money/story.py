"""Three months, day by day. The clock is told the time; everything else is the platform."""

from dataclasses import dataclass
from decimal import Decimal

from api.cli.demo.money import closing, collecting, incidents, proof
from api.cli.demo.money.opening import open_for_business
from api.cli.demo.money.stage import Stage
from api.cli.demo.money.working import work
from api.cli.look import plain
from api.cli.telling.errors import StoryFailed

PERIODS = ("2026-08", "2026-09", "2026-10")


@dataclass(frozen=True)
class Outcome:
    """What the last line says. `identity`: by how much the months do not add up."""

    entries: int
    identity: Decimal
    verified: int

    def __str__(self) -> str:
        return f"MONEY OK entries={self.entries} identity={plain(self.identity)} verified={self.verified}"


async def tell(stage: Stage) -> Outcome:
    await open_for_business(stage)
    entries = await august(stage) + await september(stage) + await october(stage)
    stage.voice.section("Is it true?")
    verified = await proof.seal_and_verify(stage)
    await proof.take_along(stage, await closing.prices(stage, *PERIODS))
    if left := await closing.difference(stage, *PERIODS):
        raise StoryFailed(f"the months do not add up: {plain(left)} is left")
    return Outcome(entries, Decimal(0), verified)


async def august(stage: Stage) -> int:
    stage.voice.section("August: a new rate, a full budget, a wrong entry, a lost answer")
    await work(stage, 8, 3, 10)
    await stage.until(8, 11)
    await incidents.announce_cheaper_rate(stage)
    await work(stage, 8, 12, 15)
    await work(stage, 8, 16, 26)
    await stage.until(8, 27)
    await incidents.compare_rates(stage)
    await incidents.fill_a_budget(stage)
    await incidents.reverse_an_entry(stage)
    await stage.until(8, 28)
    stage.lost = await incidents.lose_an_answer(stage)
    await stage.until(9, 2)
    return await closing.close(stage, "2026-08")


async def september(stage: Stage) -> int:
    stage.voice.section("September: late usage, money arrives, credit expires")
    await stage.until(9, 3)
    if stage.lost:
        await incidents.hear_it_late(stage, stage.lost)
    await stage.until(9, 10)
    await collecting.money_arrives(stage, "2026-08")
    await work(stage, 9, 11, 19)
    await stage.until(9, 21)
    await incidents.let_credit_expire(stage)
    await work(stage, 9, 22, 30)
    stage.cards.empty = True
    await stage.until(10, 2)
    return await closing.close(stage, "2026-09")


async def october(stage: Stage) -> int:
    cast = stage.cast
    stage.voice.section("October: a card without money, step by step, and back")
    unpaid = await collecting.card_is_empty(stage)
    await work(stage, 10, 3, 7)
    await stage.until(10, 8)
    await collecting.credit_part(stage, "2026-09")
    await stage.until(10, 9)
    await collecting.money_arrives(stage, "2026-09")
    await work(stage, 10, 10, 22)
    await stage.until(10, 25)
    await collecting.held_back(stage, "restricted")
    await work(stage, 10, 26, 30, cast.transfer, cast.credit)
    await stage.until(10, 31, 18)
    await collecting.held_back(stage, "suspended")
    await collecting.pays_again(stage, unpaid)
    await collecting.day_by_day(stage, unpaid)
    await stage.until(11, 2)
    return await closing.close(stage, "2026-10")
