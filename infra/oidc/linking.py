"""Whose account an identity is. An e-mail nobody verified is nobody's proof."""

from dataclasses import dataclass
from typing import Literal

from infra.oidc.errors import OidcCode
from infra.oidc.identity import Identity
from schemas.base import UserId


@dataclass(frozen=True, slots=True)
class Account:
    """A person of ours with the identity's e-mail."""

    user_id: UserId
    email_verified: bool


@dataclass(frozen=True, slots=True)
class SignIn:
    user_id: UserId


@dataclass(frozen=True, slots=True)
class Link:
    """Once the person has proved to be that user: by signing in, or, signed in already, by stepping up."""

    user_id: UserId
    needs: Literal["sign_in", "step_up"]


@dataclass(frozen=True, slots=True)
class Register:
    pass


@dataclass(frozen=True, slots=True)
class Refuse:
    code: OidcCode


Linking = SignIn | Link | Register | Refuse


def by_hand(signed_in: UserId, linked: UserId | None) -> Linking:
    """Somebody who is signed in links a provider."""
    if linked is None:
        return Link(signed_in, "step_up")
    return SignIn(signed_in) if linked == signed_in else Refuse("oidc.already_linked")


def by_identity(identity: Identity, linked: UserId | None, account: Account | None) -> Linking:
    """Somebody comes from a provider. An unverified e-mail gets one answer, whoever has it here."""
    if linked is not None:
        return SignIn(linked)
    if identity.email is None:
        return Refuse("oidc.email_missing")
    if not identity.email_verified:
        return Refuse("oidc.email_unverified")
    if account is None:
        return Register()
    return Link(account.user_id, "sign_in") if account.email_verified else Refuse("oidc.sign_in_to_link")
