"""A letter as a message. No value of it can add a header, or another reader."""

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from infra.mail.layout import as_html, as_text, sheet
from schemas.notifications.mail_error import MailError
from schemas.notifications.types import Mail

ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\\\"\x00-\x1f\x7f]{1,64}@[^@\s,;:<>()\[\]\\\"\x00-\x1f\x7f]{1,255}")


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """The same letter gives the same message, whenever it is made."""
    written = sheet(mail)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(*named(sender, written.brand))
        message["To"] = Address(addr_spec=address_of(mail.to))
        message["Subject"] = as_header(written.subject)
    except (ValueError, MessageError):
        raise MailError("letter.address_invalid", retryable=False) from None
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = message_id(mail.letter_id, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(as_text(written))
    message.add_alternative(as_html(written), subtype="html")
    message.set_boundary(f"=_{mail.letter_id.hex}")
    return message


def named(sender: str, brand: str) -> tuple[str, str, str]:
    """Display name, user, domain: under the brand's name, from the operator's address."""
    user, _, domain = address_of(parseaddr(sender)[1]).rpartition("@")
    return parseaddr(sender)[0] or as_header(brand), user, domain


def as_header(text: str) -> str:
    """What looks encoded would be decoded, and may hold line ends then."""
    return text.replace("=?", "= ?")


def address_of(text: str) -> str:
    """One address and nothing else."""
    if not ADDRESS.fullmatch(text):
        raise MailError("letter.address_invalid", retryable=False)
    return text


def message_id(letter_id: UUID, sender: str) -> str:
    """Tells servers and readers that what was sent twice is one letter."""
    return f"<{letter_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
