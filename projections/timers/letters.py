"""When a letter that did not get through is tried again."""

from projections.fold import Handlers
from projections.timers.batch import Batch, set_timer
from schemas.envelope import Recorded
from schemas.notifications import events as e
from schemas.notifications.commands import TryLetterAgain


def postponed(batch: Batch, recorded: Recorded, event: e.LetterPostponed) -> None:
    command = TryLetterAgain(letter_id=event.letter_id, attempt=event.attempt)
    set_timer(batch, recorded, f"letter:{event.letter_id}", event.due_at, command)


def ended(batch: Batch, recorded: Recorded, event: e.LetterSent | e.LetterFailed) -> None:
    name = f"letter:{event.letter_id}"
    batch.timers.remove(name, recorded, name=name)


ON: Handlers[Batch] = {
    e.LetterPostponed: postponed,
    e.LetterSent: ended,
    e.LetterFailed: ended,
}
