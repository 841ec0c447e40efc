"""E-mail addresses as identities: one way to write each, and none that only looks like another's."""

import unicodedata

import email_validator
from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
ONE_SCRIPT = ({"LATIN"}, {"LATIN", "CJK", "HIRAGANA", "KATAKANA"}, {"LATIN", "CJK", "HANGUL"})
"""Scripts that are written together; any other is alone in its label."""

# Installations on a network of their own have addresses there.
email_validator.SPECIAL_USE_DOMAIN_NAMES.remove("local")


class BadEmail(ValueError):
    """No address we take as an identity. `code` is stable; the message does not repeat the address."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def normalised(address: str) -> str:
    """Lower case, the domain as DNS has it. Nobody is asked whether it exists."""
    address = address.strip()
    if len(address) > MAX_LENGTH:
        raise BadEmail("email_too_long", f"An e-mail address has at most {MAX_LENGTH} characters")
    local, at, _ = address.rpartition("@")
    if not at:
        raise BadEmail("email_malformed", "This is not an e-mail address")
    if not local.isascii():
        raise BadEmail("email_not_ascii", "Only ASCII characters may stand before the @")
    if unicodedata.normalize("NFKC", address) != address:
        raise BadEmail("email_confusable", "The address has characters that stand for others")
    return checked(address)


def checked(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise BadEmail("email_malformed", "This is not an e-mail address") from error
    if not all(written_together(label) for label in found.domain.split(".")):
        raise BadEmail("email_mixed_scripts", "A part of the domain mixes letters of several scripts")
    assert found.ascii_email is not None
    return found.ascii_email.lower()


def written_together(label: str) -> bool:
    scripts = {script(letter) for letter in label if letter.isalpha()}
    return len(scripts) <= 1 or any(scripts <= together for together in ONE_SCRIPT)


def script(letter: str) -> str:
    """The first word of a letter's name says it: LATIN SMALL LETTER A."""
    return unicodedata.name(letter, "UNNAMED").split(" ")[0].split("-")[0]
