"""Answers on their way to whoever waits: what one transaction decided for a process is one message."""

from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter

from schemas.envelope import Answer

Told = Mapping[str, Answer]
"""Answers by the token of their question."""

TOLD = TypeAdapter(dict[str, Answer])


def address(inbox: str, token: str) -> str:
    """What a question says of where its answer goes."""
    return f"{inbox}.{token}"


def by_inbox(answers: Iterable[tuple[str, Answer]]) -> Iterable[tuple[str, bytes]]:
    """Messages of the answers to these addresses. A refusal may be long, so it goes alone."""
    together: dict[str, dict[str, Answer]] = {}
    for to, answer in answers:
        inbox, _, token = to.rpartition(".")
        if answer.refusal:
            yield inbox, TOLD.dump_json({token: answer})
        else:
            together.setdefault(inbox, {})[token] = answer
    for inbox, told in together.items():
        yield inbox, TOLD.dump_json(told)


def read(payload: bytes) -> Told:
    return TOLD.validate_json(payload)
