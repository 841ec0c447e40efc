"""Who somebody is at a provider, out of claims that were checked."""

from collections.abc import Mapping
from typing import Any

from infra.oidc.errors import OidcError
from schemas.base import Value

LONGEST_SUBJECT = 255
LONGEST_EMAIL = 254
LONGEST_NAME = 200


class Identity(Value):
    """Known for ever by issuer and subject together; e-mail and name may change. `methods`: how it says that
    they showed who they are (RFC 8176).
    """

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    tenant: str | None = None
    methods: frozenset[str] = frozenset()


def identity_of(claims: Mapping[str, Any], tenant: str | None) -> Identity:
    email = text(claims.get("email"), LONGEST_EMAIL)
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email,
        email_verified=email is not None and verified(claims),
        name=text(claims.get("name"), LONGEST_NAME),
        tenant=tenant,
        methods=methods_of(claims),
    )


def methods_of(claims: Mapping[str, Any]) -> frozenset[str]:
    told = claims.get("amr")
    return frozenset(one for one in told if isinstance(one, str)) if isinstance(told, list) else frozenset()


def verified(claims: Mapping[str, Any]) -> bool:
    """Microsoft lets a tenant write any address into `email`; `xms_edov` says that the domain is its own."""
    return claims.get("email_verified") in (True, "true") or claims.get("xms_edov") in (True, "1", "true")


def with_userinfo(claims: Mapping[str, Any], told: Any) -> dict[str, Any]:
    """For an ID token without an e-mail. Address and `verified` are taken from one place, never mixed."""
    if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
        raise OidcError("oidc.access_token_mismatch")
    about = {name: told.get(name) for name in ("email", "email_verified", "xms_edov")}
    return {"name": told.get("name"), **claims, **about}


def text(value: object, longest: int) -> str | None:
    """None for what is no text, empty, too long or not printable."""
    if not isinstance(value, str) or not value.isprintable():
        return None
    stripped = value.strip()
    return stripped if 0 < len(stripped) <= longest else None
