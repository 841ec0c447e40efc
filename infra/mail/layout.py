"""A letter as plain text and as a page. Nothing is loaded but the partner's logo, if it has one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from infra.mail.words import words_of
from schemas.notifications.mail_error import MailError
from schemas.notifications.types import Mail

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
OUR_NAME, OUR_COLOUR = "HireBuddha", "#4f46e5"
WHITE, BLACK = "#ffffff", "#1a1a1a"
READABLE_LUMINANCE = 0.1833
"""Below it white has a contrast of 4.5 to 1."""

LINK = re.compile(r"https?://[^\s<>\"]+")
PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body style="margin:0;padding:24px;background:#f6f6f7;color:#1a1a1a;'
    'font:16px/1.5 system-ui,-apple-system,sans-serif">'
    '<div style="max-width:560px;margin:0 auto;padding:32px;background:#fff;border-top:4px solid {colour}">'
    "{head}{body}</div></body></html>\n"
)
BUTTON = (
    '<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;'
    'color:{ink};background:{colour};text-decoration:none;border-radius:6px">{label}</a></p>'
)
CODE = '<p style="margin:24px 0;font:700 28px/1.2 ui-monospace,monospace;letter-spacing:4px">{code}</p>'


@dataclass(frozen=True)
class Sheet:
    """What a letter says, before it is given a form."""

    subject: str
    greeting: str
    paragraphs: Sequence[str]
    code: str
    button: str
    link: str
    after: Sequence[str]
    brand: str
    colour: str
    logo: str
    language: str


def sheet(mail: Mail) -> Sheet:
    """Raises MailError when a value that must be there is not, or a link is none."""
    said = {name: one_line(value) for name, value in mail.values.items()}
    words = words_of(mail.template, mail.locale)
    try:
        subject, *texts = [text.format_map(said) for text in (words.subject, *words.paragraphs, *words.after)]
    except KeyError:
        raise MailError("letter.value_missing", retryable=False) from None
    count = len(words.paragraphs)
    return Sheet(
        subject=subject,
        greeting=f"Hello {said['name']}," if said.get("name") else "Hello,",
        paragraphs=texts[:count],
        code=said.get("code", ""),
        button=words.button,
        link=link_of(said) if words.button else "",
        after=texts[count:],
        brand=said.get("brand_name") or OUR_NAME,
        colour=fitting(COLOUR, said.get("brand_colour", "")) or OUR_COLOUR,
        logo=fitting(LINK, said.get("brand_logo", "")),
        language="en",
    )


def link_of(said: Mapping[str, str]) -> str:
    link = fitting(LINK, said.get("link", ""))
    if not link:
        raise MailError("letter.link_invalid", retryable=False)
    return link


def one_line(value: str) -> str:
    """Without line ends and other characters that steer: a value never begins a header or a paragraph."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def ink(colour: str) -> str:
    """What can be read on it: the lighter it is, the darker."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return WHITE if 0.2126 * red + 0.7152 * green + 0.0722 * blue < READABLE_LUMINANCE else BLACK


def fitting(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) else ""


def as_text(s: Sheet) -> str:
    parts = [s.greeting, *s.paragraphs, s.code, f"{s.button}: {s.link}" if s.link else "", *s.after, s.brand]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_html(s: Sheet) -> str:
    body = [paragraph(text) for text in (s.greeting, *s.paragraphs)]
    if s.code:
        body.append(CODE.format(code=escape(s.code)))
    if s.link:
        body.append(
            BUTTON.format(link=escape(s.link), colour=s.colour, ink=ink(s.colour), label=escape(s.button))
        )
    body += [paragraph(text) for text in s.after]
    return PAGE.format(
        language=s.language,
        subject=escape(s.subject),
        colour=s.colour,
        head=head(s),
        body="".join(body),
    )


def head(s: Sheet) -> str:
    if s.logo:
        return f'<p><img src="{escape(s.logo)}" alt="{escape(s.brand)}" height="40"></p>'
    colour = s.colour if ink(s.colour) == WHITE else BLACK
    return f'<p style="font-weight:700;color:{colour}">{escape(s.brand)}</p>'


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
