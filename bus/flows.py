"""`python -m bus.flows StartExecution` tells what happens then, from the wiring that makes it happen."""

import argparse
import difflib
import sys
from collections import deque
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from bus.stories import EVENT_STORIES, STORIES, EventStory, Place, Reaction
from schemas.base import Command, Event

DEPTH = 12
"""How many commands may follow from one another."""

AGAIN = "[dim]…[/]"
WIDTH = 110


class Teller:
    """Tells every command and event once, where it comes first; after that it ends in `…`."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._told: set[type[Command] | type[Event]] = set()
        self._waiting: deque[tuple[Tree, type[Command], int]] = deque()
        self.tree = Tree("", hide_root=True)

    def tell(self, subject: type[Command] | type[Event]) -> Tree:
        if issubclass(subject, Command):
            self._mention(self.tree, subject, 0)
        else:
            story = EVENT_STORIES[subject.type_name]
            self.tree.add(f"[dim]comes of[/] {', '.join(cause.__name__ for cause in story.causes)}")
            self._event(self.tree, story, 0)
        while self._waiting:
            self._command(*self._waiting.popleft())
        return self.tree

    def _mention(self, parent: Tree, command: type[Command], depth: int) -> None:
        """The nearest mention tells: what follows waits until everything above it is told."""
        again = command in self._told or depth > self._depth
        branch = parent.add(f"[bold]{command.__name__}[/] {AGAIN if again else ''}")
        if not again:
            self._told.add(command)
            self._waiting.append((branch, command, depth))

    def _command(self, branch: Tree, command: type[Command], depth: int) -> None:
        story = STORIES[command.type_name]
        branch.label = f"{branch.label}[cyan]{story.decide.name}[/] {where(story.decide)}"
        if not depth:
            branch.add(f"[dim]may be sent by[/] {escape(story.senders)}")
        if story.knows:
            branch.add(f"[dim]knows[/] [cyan]{story.knows.name}[/] {where(story.knows)}")
        if story.refusals:
            branch.add(f"[dim]or refuses with[/] [red]{', '.join(story.refusals)}[/]")
        for event in story.events:
            self._event(branch, EVENT_STORIES[event.type_name], depth)

    def _event(self, parent: Tree, story: EventStory, depth: int) -> None:
        again = story.event in self._told
        branch = parent.add(f"[green]{story.event.__name__}[/] {AGAIN if again else seen_in(story)}")
        if not again:
            self._told.add(story.event)
            for reaction in story.reactions:
                self._reaction(branch, reaction, depth)

    def _reaction(self, branch: Tree, reaction: Reaction, depth: int) -> None:
        place = reaction.place
        line = f"[yellow]{reaction.kind}[/] [cyan]{place.name}[/] {where(place)}"
        heard = branch.add(line)
        for command in reaction.commands:
            self._mention(heard, command, depth + 1)


def where(place: Place) -> str:
    return f"[dim]{place.path}:{place.line}[/]"


def seen_in(story: EventStory) -> str:
    return f"[dim]in[/] [magenta]{', '.join(story.projections)}[/]" if story.projections else ""


def subjects() -> dict[str, type[Command] | type[Event]]:
    commands = {name: story.command for name, story in STORIES.items()}
    return {**commands, **{name: story.event for name, story in EVENT_STORIES.items()}}


def find(name: str) -> type[Command] | type[Event] | None:
    """By class name, in any case, or by stored name."""
    found = subjects()
    by_class = {cls.__name__.lower(): cls for cls in found.values()}
    return found.get(name) or by_class.get(name.lower())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Tells what a command or an event leads to.")
    parser.add_argument("name", help="for example StartExecution, or billing.ledger.call_settled")
    parser.add_argument(
        "--depth", type=int, default=DEPTH, help="how many commands deep (default %(default)s)"
    )
    asked = parser.parse_args(arguments)
    subject = find(asked.name)
    if subject is None:
        names = [cls.__name__ for cls in subjects().values()]
        close = difflib.get_close_matches(asked.name, names, n=3, cutoff=0.4) or names
        print(f"No command or event is called {asked.name}. Try {', '.join(close)}.", file=sys.stderr)
        return 2
    Console(width=max(WIDTH, Console().width)).print(Teller(asked.depth).tell(subject))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
