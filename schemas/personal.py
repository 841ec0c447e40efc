"""Personal data in messages: ciphertext under the key of whom it is about, and what is left without it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from schemas.base import Value

Personal = Annotated[str, StringConstraints(pattern=r"^p1\.[0-9a-f-]{36}\.\d+\.[\w-]+$", max_length=4096)]
"""`p1.<subject>.<generation of its key>.<nonce and ciphertext, base64url>`."""

BlindIndex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A keyed hash: finds what is known already, tells nothing."""


class Redacted(Value):
    """In place of a text whose subject was erased."""

    redacted: Literal["erased"] = "erased"


def subject_of(text: str) -> UUID:
    return UUID(text.split(".", 3)[1])
