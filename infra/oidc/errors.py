"""How signing in with another provider fails: a stable code each, and words that hold no secret."""

from typing import Literal

OidcCode = Literal[
    "oidc.provider_unknown",
    "oidc.provider_unavailable",
    "oidc.provider_unreadable",
    "oidc.provider_refused",
    "oidc.redirect_refused",
    "oidc.response_malformed",
    "oidc.state_unknown",
    "oidc.state_mismatch",
    "oidc.state_expired",
    "oidc.other_browser",
    "oidc.provider_mismatch",
    "oidc.issuer_mismatch",
    "oidc.denied",
    "oidc.client_refused",
    "oidc.code_refused",
    "oidc.token_malformed",
    "oidc.token_algorithm",
    "oidc.token_key_unknown",
    "oidc.token_signature",
    "oidc.token_expired",
    "oidc.token_not_yet_valid",
    "oidc.token_claims",
    "oidc.audience_mismatch",
    "oidc.nonce_mismatch",
    "oidc.access_token_mismatch",
    "oidc.tenant_refused",
    "oidc.email_missing",
    "oidc.email_unverified",
    "oidc.sign_in_to_link",
    "oidc.already_linked",
    "oidc.signed_out",
]

WORDS: dict[OidcCode, str] = {
    "oidc.provider_unknown": "There is no such provider to sign in with.",
    "oidc.provider_unavailable": "The provider does not answer. Try again in a while.",
    "oidc.provider_unreadable": "The provider's answer cannot be read.",
    "oidc.provider_refused": "The provider refused to sign you in.",
    "oidc.redirect_refused": "After signing in one returns to a page of this site only.",
    "oidc.response_malformed": "What came back from the provider is not as it should be.",
    "oidc.state_unknown": "This attempt to sign in is over or was never begun. Begin again.",
    "oidc.state_mismatch": "What came back belongs to another attempt to sign in. Begin again.",
    "oidc.state_expired": "This attempt to sign in took too long. Begin again.",
    "oidc.other_browser": "This attempt to sign in was begun in another browser. Begin again.",
    "oidc.provider_mismatch": "This attempt to sign in was begun with another provider. Begin again.",
    "oidc.issuer_mismatch": "What came back was issued by somebody else than the provider asked.",
    "oidc.denied": "Signing in was cancelled at the provider.",
    "oidc.client_refused": "The provider does not know this platform: its operator has to look at that.",
    "oidc.code_refused": "The provider does not accept its code any more. Begin again.",
    "oidc.token_malformed": "The provider's identity token cannot be read.",
    "oidc.token_algorithm": "The provider's identity token is signed in a way that is not accepted.",
    "oidc.token_key_unknown": "The provider's identity token is signed with a key it does not publish.",
    "oidc.token_signature": "The signature of the provider's identity token is wrong.",
    "oidc.token_expired": "The provider's identity token has expired.",
    "oidc.token_not_yet_valid": "The provider's identity token is from the future; a clock is wrong.",
    "oidc.token_claims": "The provider's identity token lacks what it must say.",
    "oidc.audience_mismatch": "The provider's identity token was made for somebody else.",
    "oidc.nonce_mismatch": "The provider's identity token belongs to another attempt to sign in.",
    "oidc.access_token_mismatch": "The provider's tokens do not belong together.",
    "oidc.tenant_refused": "Your organisation is not among those that may sign in here.",
    "oidc.email_missing": "The provider tells no e-mail address, and an account needs one.",
    "oidc.email_unverified": "The provider has not verified your e-mail address.",
    "oidc.sign_in_to_link": "Sign in as you did before, then link this provider in your account.",
    "oidc.already_linked": "This identity is linked to another account.",
    "oidc.signed_out": "Whoever began to link this provider is not signed in here any more.",
}


class OidcError(Exception):
    def __init__(self, code: OidcCode) -> None:
        super().__init__(WORDS[code])
        self.code = code
        self.words = WORDS[code]
