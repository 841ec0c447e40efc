"""What becomes of commands about people, just real enough to talk to."""

from dataclasses import replace
from typing import Any

from api.rows.people import UserRow
from schemas.base import PLATFORM
from schemas.envelope import Envelope
from schemas.identity.events import ErasureDone
from tests.api.fakes import NOW, FakeReads


class Refused(Exception):
    """There is no such person."""


def register(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    if all(row.id != command.user_id for row in reads.users):
        row = (command.user_id, command.email, command.email_index, command.name)
        reads.users.append(UserRow(*row, command.verified, False, False, NOW))


def change(reads: FakeReads, command: Any, **changes: Any) -> None:
    known = [row for row in reads.users if row.id == command.user_id]
    if not known:
        raise Refused
    reads.users[reads.users.index(known[0])] = replace(known[0], **changes)


def verify(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, verified=True)


def rename(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, name=command.name)
    reads.member_rows = [
        replace(row, name=command.name) if row.id == command.user_id else row for row in reads.member_rows
    ]


def note_password(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    change(reads, command)


def disable(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, disabled=True)


def enable(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, disabled=False)


def erase(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, email="", name="", erased=True)
    reads.member_rows = [row for row in reads.member_rows if row.id != command.user_id]
    receipt = ErasureDone(user_id=command.user_id, touched={"keys": 1, "sessions": 2})
    reads.record(command.stream_id, PLATFORM, receipt)


def letter(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    """It is on its way."""


PEOPLE = {
    "RegisterUser": register,
    "VerifyEmail": verify,
    "RenameUser": rename,
    "NotePasswordChange": note_password,
    "DisableUser": disable,
    "EnableUser": enable,
    "EraseUser": erase,
    "RequestLetter": letter,
}
