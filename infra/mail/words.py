"""What each letter says. Values stand in braces; `{link}` is a button, `{code}` stands out."""

from typing import NamedTuple

from schemas.notifications.types import Template


class Words(NamedTuple):
    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""
    after: tuple[str, ...] = ()
    """What stands below the button or the code."""


NOT_YOU = "If this was not you, change your password now and sign out everywhere."
IGNORE = "If you did not ask for this, you need not do anything."

ENGLISH: dict[Template, Words] = {
    "verify_email": Words(
        "Confirm your e-mail address",
        ("Enter this code, or follow the link. Both are good for {minutes} minutes.",),
        "Confirm",
        (IGNORE,),
    ),
    "account_exists": Words(
        "You have an account already",
        ("Somebody, perhaps you, wanted to register with this e-mail address. It has an account already.",),
        "Sign in",
        ("If it was not you, nothing has changed and nobody got to know that you are here.",),
    ),
    "reset_password": Words(
        "Choose a new password",
        ("Enter this code, or follow the link. Either is good for {minutes} minutes, once.",),
        "Choose a password",
        (IGNORE,),
    ),
    "invitation": Words(
        "{inviter} invites you to {place}",
        ("{inviter} invites you to {place} as {role}. The invitation is good for {days} days.",),
        "Accept",
        ("If you do not know {inviter}, you need not do anything.",),
    ),
    "unlock_account": Words(
        "Your account is locked",
        (
            "There were too many attempts to sign in with a wrong password.",
            "It opens by itself after a while. The code or the link opens it now.",
            "Either is good for {minutes} minutes, once.",
        ),
        "Unlock",
        ("If it was not you who tried, your password has kept them out.",),
    ),
    "session_compromised": Words(
        "We signed you out: somebody may have copied your session",
        (
            "On {at} an old key to your session on {device} was used a second time.",
            "That happens when somebody has copied it, so we ended that session everywhere.",
        ),
        after=(NOT_YOU,),
    ),
    "impersonation_started": Words(
        "Support is acting for you in {place}",
        ("{by} of our support acts as you in {place} until {until}, for this reason: {reason}",),
        after=("All that is done is recorded. Your administrator can end it at any time.",),
    ),
    "impersonation_seen": Words(
        "Support is acting for {user} in {place}",
        ("{by} of our support acts as {user} in {place} until {until}, for this reason: {reason}",),
        after=("All that is done is recorded. You can see it and end it at any time.",),
    ),
    "new_sign_in_method": Words(
        "A change to how you sign in",
        ("On {at} this changed in your account: {method}.",),
        after=(NOT_YOU,),
    ),
    "erased": Words(
        "Your personal data was erased",
        (
            "On {at} the key to your personal data was destroyed. Nobody can read it any more, we neither.",
            "This is the last letter you get from us.",
        ),
    ),
}
LANGUAGES: dict[str, dict[Template, Words]] = {"en": ENGLISH}


def words_of(template: Template, locale: str) -> Words:
    """In the reader's language where we have it, else in English."""
    return LANGUAGES.get(locale.partition("-")[0], ENGLISH)[template]
