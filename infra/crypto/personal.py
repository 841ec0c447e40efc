"""Personal data sealed under the key of whom it is about: AES-256-GCM, a key per subject and generation."""

import base64
import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.crypto.secrets import derive
from infra.crypto.subject_keys import KEY_BYTES, NONCE_BYTES, SubjectKeys, Wrapped, Wrapper, bound
from schemas.personal import Personal, Redacted, subject_of

KEPT_SECONDS = 5.0
"""How long another process may still open what was erased here."""

MOST_KEPT = 10_000


class Ring(NamedTuple):
    """A subject's keys by generation; the last one seals. `until`: of the one that goes first."""

    keys: Mapping[int, bytes] = {}
    until: datetime | None = None


class SubjectErased(Exception):
    """Nothing new is sealed for somebody who was erased."""


class PersonalBox:
    """Seals and opens. Unwrapped keys are kept in memory for `KEPT_SECONDS`."""

    def __init__(
        self, keys: SubjectKeys, masters: Sequence[str], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys, self._wrapper, self._now = keys, Wrapper(masters), now
        self._index_key = derive(masters[-1], "blind index")
        self._rings: OrderedDict[UUID, tuple[float, Ring]] = OrderedDict()

    def index(self, kind: str, text: str) -> str:
        """Finds a text without telling it. Under the oldest master key: what was indexed stays found."""
        return hmac.digest(self._index_key, f"{kind}\0{text}".encode(), "sha256").hex()

    async def seal(self, subject: UUID, *texts: str, until: datetime | None = None) -> list[Personal]:
        """`until`: the subject may never come; unless something is sealed for longer, all of it goes then.

        Raises SubjectErased.
        """
        ring = await self._ring_to_seal(subject, until)
        generation = max(ring.keys)
        return [sealed(subject, generation, ring.keys[generation], text) for text in texts]

    async def open(self, texts: Sequence[str]) -> list[str | Redacted]:
        """An empty text is one that was scrubbed."""
        subjects = {subject_of(text) for text in texts if text}
        rings = await self._rings_of(subjects)
        return [opened(text, rings.get(subject_of(text), Ring())) if text else Redacted() for text in texts]

    async def rotate(self, subject: UUID) -> int:
        """A new generation seals from now on; the old ones still open. Returns its number."""
        ring = await self._ring_to_seal(subject, None)
        await self._add(subject, max(ring.keys) + 1, None)
        return max(ring.keys) + 1

    async def destroy(self, subject: UUID) -> int:
        """What was sealed for the subject nobody opens any more. Returns how many keys that took."""
        gone = await self._keys.destroy(subject)
        self._rings.pop(subject, None)
        return gone

    async def _ring_to_seal(self, subject: UUID, until: datetime | None) -> Ring:
        """Two that begin together may have said other times: whoever comes second prolongs."""
        ring = (await self._rings_of({subject})).get(subject)
        if ring is None:
            await self._add(subject, 1, until)
            ring = (await self._rings_of({subject})).get(subject)
        if ring and ring.until and (until is None or until > ring.until):
            await self._keys.keep(subject, until)
            self._rings.pop(subject, None)
            ring = (await self._rings_of({subject})).get(subject)
        if ring is None:
            raise SubjectErased(f"{subject} was erased")
        return ring

    async def _add(self, subject: UUID, generation: int, until: datetime | None) -> None:
        key = AESGCM.generate_key(KEY_BYTES * 8)
        wrapped = self._wrapper.wrap(subject, generation, key)
        await self._keys.add(Wrapped(subject, generation, wrapped, until))
        self._rings.pop(subject, None)

    async def _rings_of(self, subjects: set[UUID]) -> Mapping[UUID, Ring]:
        fresh = self._now() - KEPT_SECONDS
        found = {
            subject: ring
            for subject in subjects
            for at, ring in [self._rings.get(subject, (float("-inf"), Ring()))]
            if at > fresh
        }
        if missing := subjects - found.keys():
            found.update(await self._read(missing))
        return found

    async def _read(self, subjects: set[UUID]) -> Mapping[UUID, Ring]:
        rings: dict[UUID, Ring] = {}
        for key in await self._keys.read(subjects):
            known = rings.get(key.subject, Ring(until=key.until))
            keys = {**known.keys, key.generation: self._wrapper.unwrap(key)}
            rings[key.subject] = Ring(keys, known.until)
        for subject, ring in rings.items():
            self._rings[subject] = self._now(), ring
            self._rings.move_to_end(subject)
        while len(self._rings) > MOST_KEPT:
            self._rings.popitem(last=False)
        return rings


def sealed(subject: UUID, generation: int, key: bytes, text: str) -> Personal:
    nonce = os.urandom(NONCE_BYTES)
    body = nonce + AESGCM(key).encrypt(nonce, text.encode(), bound(subject, generation))
    return f"p1.{subject}.{generation}.{base64.urlsafe_b64encode(body).decode().rstrip('=')}"


def opened(text: str, ring: Ring) -> str | Redacted:
    """Raises InvalidTag when it was tampered with."""
    _, subject, generation, body = text.split(".", 3)
    key = ring.keys.get(int(generation))
    if key is None:
        return Redacted()
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{subject}.{generation}".encode())
    return plain.decode()
