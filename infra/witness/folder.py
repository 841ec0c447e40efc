"""A witness on disk: its private key, the ledger's public keys, and the last checkpoint it cosigned.

`seen` is a cosigned note as any other: whoever has the witness's key can check it. At first it is empty.
"""

import fcntl
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.audit.notes import BadKey, BadNote, Verifier
from infra.errors import SetupError
from infra.witness.judging import Seen
from infra.witness.keys import Cosigner, Witness, cosigned_at
from infra.witness.submission import Submission

KEY, LEDGER, SEEN, LOCK = "key", "ledger", "seen", "lock"
RESTORE = "Restore it: a witness that forgets what it saw would sign another history."


class BadFolder(SetupError):
    """There is no witness in it, or not all of it."""


class Folder:
    """Raises BadFolder. What it holds is read once, so that one program must have it: see `lock`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cosigner = private_key(path / KEY)
        self.ledger = ledger_keys(path / LEDGER)
        self.seen = last_seen(path / SEEN, self.cosigner.witness)

    def lock(self) -> None:
        """Until this process ends, however it does."""
        held = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise BadFolder(f"another program runs the witness in {self.path}.", "Stop it first.") from None

    def keep(self, note: str, seen: Seen) -> None:
        """On disk when it returns, whole, whatever happens meanwhile."""
        write(self.path / SEEN, note)
        self.seen = seen

    def keep_contradiction(self, code: str, note: str) -> None:
        """The first of each kind stays: what the ledger signed beside what it signed before."""
        if not (file := self.path / code).exists():
            write(file, note)


def create(path: Path, name: str, ledger: list[Verifier]) -> Folder:
    cosigner = Cosigner(name, Ed25519PrivateKey.generate())
    try:
        Witness.read(str(cosigner.witness))
        path.mkdir(mode=0o700, parents=True)
    except BadKey as error:
        raise BadFolder(
            f"{name!r} is no name for a witness.", "Use one like witness.example.com/w1."
        ) from error
    except FileExistsError as error:
        raise BadFolder(f"{path} is there already.", "Name a folder that is not there.") from error
    write(path / KEY, f"{cosigner.kept()}\n")
    write(path / LEDGER, "".join(f"{one}\n" for one in ledger))
    write(path / SEEN, "")
    return Folder(path)


def write(file: Path, text: str) -> None:
    """All of it or nothing of it, for its owner only."""
    new = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def private_key(file: Path) -> Cosigner:
    try:
        return Cosigner.read(text_of(file).strip())
    except BadKey as error:
        raise BadFolder(f"{file}: {error}.", "Restore it.") from error


def ledger_keys(file: Path) -> list[Verifier]:
    """One a line, all of one ledger."""
    try:
        found = [Verifier.read(line) for line in text_of(file).splitlines()]
    except BadKey as error:
        raise BadFolder(f"{file}: {error}.", "`hb audit key` prints the ledger's.") from error
    if len({one.name for one in found}) != 1:
        raise BadFolder(f"{file} names not one ledger.", "A witness follows one: make a folder for each.")
    return found


def last_seen(file: Path, me: Witness) -> Seen:
    note = text_of(file)
    if not note:
        return Seen()
    try:
        cosigned_at(note, me)
        point = Submission(0, [], note).point()
    except BadNote as error:
        raise BadFolder(f"{file}: {error}.", RESTORE) from error
    return Seen(point.size, point.root)


def text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise BadFolder(f"{file} cannot be read: {error}.", RESTORE) from error
