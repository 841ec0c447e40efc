"""Passkeys (WebAuthn): a key pair on a person's device, which answers a challenge once it knows its owner."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import webauthn
from webauthn.helpers import bytes_to_base64url, options_to_json, parse_client_data_json
from webauthn.helpers import parse_authentication_credential_json as parse_answer
from webauthn.helpers import parse_registration_credential_json as parse_new
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from infra.identity.passkey_rows import LIFE, Passkey, PasskeyStore, Purpose
from infra.identity.pool import Clock
from schemas.base import UserId

T = TypeVar("T")
Json = Mapping[str, Any]

AMR = ("mfa", "pop", "user")
"""What a passkey proves (RFC 8176): a device one has, and that it knew its owner."""

MAX_LABEL = 64
MAX_BYTES = 16 * 1024
"""Of a browser's answer as JSON."""

TIMEOUT_MS = int(LIFE.total_seconds() * 1000)
VERIFIED = UserVerificationRequirement.REQUIRED
DISCOVERABLE = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to browsers: a domain, and the origins under it our pages come from."""

    id: str
    origins: tuple[str, ...]
    name: str = "HireBuddha"


class BadPasskey(Exception):
    """The answer does not prove anything. The message is for the log; people are told no more than that."""


class TooManyPasskeys(Exception):
    """Known already, or one more than a person may have."""


class Passkeys:
    """`browser`: what only the browser knows in which it began, as a cookie's secret or a session's id."""

    def __init__(self, store: PasskeyStore, party: RelyingParty, now: Clock) -> None:
        self.store, self._party, self._now = store, party, now

    @property
    def origin(self) -> str:
        """What a program says in a page's place."""
        return next(iter(self._party.origins), "")

    async def registration(self, user_id: UserId, account: str, name: str, browser: str) -> dict[str, Any]:
        """Options for `navigator.credentials.create()`."""
        options = webauthn.generate_registration_options(
            rp_id=self._party.id,
            rp_name=self._party.name,
            user_id=user_id.bytes,
            user_name=account,
            user_display_name=name or account,
            timeout=TIMEOUT_MS,
            authenticator_selection=replace(DISCOVERABLE),
            exclude_credentials=described(await self.store.of_user(user_id)),
        )
        await self.store.challenge("register", bytes_to_base64url(options.challenge), browser, user_id)
        return as_json(options_to_json(options))

    async def register(self, user_id: UserId, browser: str, answer: Json, label: str) -> Passkey:
        """Raises BadPasskey, TooManyPasskeys."""
        made = tried(lambda: parse_new(bounded(answer)))
        challenge = await self._challenged("register", made.response.client_data_json, browser, user_id)
        proof = tried(
            lambda: webauthn.verify_registration_response(
                credential=made,
                expected_challenge=challenge,
                expected_rp_id=self._party.id,
                expected_origin=list(self._party.origins),
                require_user_verification=True,
            )
        )
        passkey = Passkey(
            proof.credential_id,
            user_id,
            proof.credential_public_key,
            proof.sign_count,
            named(label),
            tuple(transport.value for transport in made.response.transports or ()),
            self._now(),
        )
        if not await self.store.add(passkey):
            raise TooManyPasskeys
        return passkey

    async def sign_in(self, browser: str, user_id: UserId | None = None) -> dict[str, Any]:
        """Options for `navigator.credentials.get()`. With a user, only theirs: to prove it again."""
        known = await self.store.of_user(user_id) if user_id else []
        options = webauthn.generate_authentication_options(
            rp_id=self._party.id,
            timeout=TIMEOUT_MS,
            allow_credentials=described(known),
            user_verification=VERIFIED,
        )
        await self.store.challenge("sign_in", bytes_to_base64url(options.challenge), browser, user_id)
        return as_json(options_to_json(options))

    async def signed_in(self, browser: str, answer: Json, user_id: UserId | None = None) -> Passkey:
        """Whose passkey answered. With a user, it must be theirs. Raises BadPasskey."""
        given = tried(lambda: parse_answer(bounded(answer)))
        challenge = await self._challenged("sign_in", given.response.client_data_json, browser, user_id)
        passkey = await self.store.get(given.raw_id)
        if passkey is None or (user_id and passkey.user_id != user_id):
            raise BadPasskey("no such passkey")
        if given.response.user_handle not in (None, passkey.user_id.bytes):
            raise BadPasskey("the passkey is another person's")
        proof = tried(
            lambda: webauthn.verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=self._party.id,
                expected_origin=list(self._party.origins),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        )
        if not await self.store.use(passkey.id, proof.new_sign_count):
            raise BadPasskey("its count did not rise")
        return replace(passkey, sign_count=proof.new_sign_count, used_at=self._now())

    async def rename(self, user_id: UserId, passkey_id: bytes, label: str) -> bool:
        return await self.store.rename(user_id, passkey_id, named(label))

    async def _challenged(
        self, purpose: Purpose, client_data: bytes, browser: str, user_id: UserId | None
    ) -> bytes:
        """The challenge that was answered, used up by it."""
        challenge = tried(lambda: parse_client_data_json(client_data)).challenge
        taken = await self.store.take(purpose, bytes_to_base64url(challenge), browser)
        if taken is None or taken.user_id != user_id:
            raise BadPasskey("no such challenge")
        return challenge


def tried(work: Callable[[], T]) -> T:
    """Whatever a hostile answer makes the parsers raise says the same: it proves nothing."""
    try:
        return work()
    except BadPasskey:
        raise
    except Exception as error:
        raise BadPasskey(f"{type(error).__name__}: {error}") from error


def bounded(answer: Json) -> dict[str, Any]:
    if len(json.dumps(answer)) > MAX_BYTES:
        raise BadPasskey(f"the answer has more than {MAX_BYTES} bytes")
    return dict(answer)


def named(label: str) -> str:
    return label.replace("\0", "")[:MAX_LABEL]


def as_json(options: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(options)
    return parsed


def described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.id, transports=[AuthenticatorTransport(name) for name in passkey.transports]
        )
        for passkey in passkeys
    ]
