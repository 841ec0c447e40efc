"""The letters somebody would find in their mailbox."""

from dataclasses import dataclass

from schemas.notifications.commands import RequestLetter
from schemas.registry import command_from
from tests.api.world import World
from tests.support.people import plain


@dataclass(frozen=True)
class Found:
    to: str
    template: str
    values: dict[str, str]

    @property
    def secret(self) -> str:
        """What the link has after its #."""
        return self.values["link"].partition("#")[2]


def letters(world: World, email: str | None = None) -> list[Found]:
    """Oldest first."""
    commands = (command_from(one.type, one.data) for one in world.bus.sent)
    found = [opened(command) for command in commands if isinstance(command, RequestLetter)]
    return [letter for letter in found if email in (None, letter.to)]


def opened(command: RequestLetter) -> Found:
    letter = command.letter
    sealed = {name: plain(text) for name, text in letter.sealed.items()}
    return Found(plain(letter.to), letter.template, {**letter.values, **sealed})
