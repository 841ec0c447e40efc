"""An ID token is believed when everything about it is as it must be."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256, sha384, sha512
from hmac import compare_digest
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError, MissingClaimError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from infra.oidc.errors import OidcCode, OidcError
from infra.oidc.identity import LONGEST_SUBJECT, text
from infra.oidc.metadata import Issuer, PublicKey
from infra.oidc.providers import TENANT, Provider
from infra.oidc.wire import Tokens

LEEWAY_SECONDS = 60
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Never `none`, and never a secret we share: those are what forgers ask for."""

HASHES = {"256": sha256, "384": sha384, "512": sha512, "519": sha512}
BY_CLAIM: dict[str, OidcCode] = {
    "aud": "oidc.audience_mismatch",
    "iat": "oidc.token_not_yet_valid",
    "iss": "oidc.issuer_mismatch",
    "nbf": "oidc.token_not_yet_valid",
    "nonce": "oidc.nonce_mismatch",
}


async def checked(
    tokens: Tokens, nonce: str, provider: Provider, issuer: Issuer, now: float
) -> Mapping[str, Any]:
    """Its claims."""
    metadata = await issuer.metadata()
    token = tokens.id_token.get_secret_value()
    header = header_of(token)
    algorithm = accepted(header.get("alg"), metadata.id_token_signing_alg_values_supported)
    claims = claims_of(token, await issuer.key(kid_of(header)), algorithm)
    check_claims(claims, nonce, provider, now)
    check_access_token(claims, tokens.access_token.get_secret_value(), algorithm)
    return claims


def header_of(token: str) -> Mapping[str, Any]:
    try:
        return jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise OidcError("oidc.token_malformed") from None


def kid_of(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise OidcError("oidc.token_malformed")
    return kid


def accepted(algorithm: object, announced: tuple[str, ...]) -> str:
    if not isinstance(algorithm, str) or algorithm not in SIGNED or algorithm not in announced:
        raise OidcError("oidc.token_algorithm")
    return algorithm


def claims_of(token: str, key: PublicKey, algorithm: str) -> Mapping[str, Any]:
    """Under this algorithm alone: the header has no say any more."""
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        return jwt.decode(token, key, registry=registry).claims
    except BadSignatureError:
        raise OidcError("oidc.token_signature") from None
    except (JoseError, ValueError, TypeError):
        raise OidcError("oidc.token_malformed") from None


def check_claims(claims: Mapping[str, Any], nonce: str, provider: Provider, now: float) -> None:
    rules = JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer_of(claims, provider)},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        rules.validate(dict(claims))
    except ExpiredTokenError:
        raise OidcError("oidc.token_expired") from None
    except MissingClaimError:
        raise OidcError("oidc.token_claims") from None
    except ClaimError as error:
        raise OidcError(BY_CLAIM.get(error.claim, "oidc.token_claims")) from None
    check_audience(claims, provider.client_id)
    if text(claims["sub"], LONGEST_SUBJECT) != claims["sub"]:
        raise OidcError("oidc.token_claims")


def issuer_of(claims: Mapping[str, Any], provider: Provider) -> str:
    """Whose token it must be: with many tenants, the one's that it names, if that one is on the list."""
    tenant = tenant_of(claims, provider)
    if provider.tenants and tenant not in provider.tenants:
        raise OidcError("oidc.tenant_refused")
    return provider.issuer.replace(TENANT, tenant or "")


def tenant_of(claims: Mapping[str, Any], provider: Provider) -> str | None:
    tenant = claims.get(provider.tenant_claim)
    return tenant if isinstance(tenant, str) else None


def check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    """For us and for nobody else; who asked for it, if that is told, was us."""
    if claims["aud"] not in (client_id, [client_id]) or claims.get("azp", client_id) != client_id:
        raise OidcError("oidc.audience_mismatch")


def check_access_token(claims: Mapping[str, Any], access_token: str, algorithm: str) -> None:
    """The access token beside it is the one it was made with, where it says so."""
    if "at_hash" not in claims:
        return
    digest = HASHES[algorithm[-3:]](access_token.encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not isinstance(claims["at_hash"], str) or not compare_digest(claims["at_hash"].encode(), half):
        raise OidcError("oidc.access_token_mismatch")
