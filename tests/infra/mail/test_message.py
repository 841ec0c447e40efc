"""What letters look like, and that nobody can make them look otherwise."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, get_args

import pytest

from infra.mail.layout import BLACK, READABLE_LUMINANCE, WHITE, ink
from infra.mail.message import message_of
from infra.mail.words import ENGLISH
from schemas.notifications.mail_error import MailError
from schemas.notifications.types import NEEDS, Template
from tests.support.letters import LETTER_ID, LINK, mail

SENDER = "no-reply@app.example"
TEMPLATES = get_args(Template)
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("MIME-Version", "Content-Type"),
}
ATTACKS = [
    "x\r\nBcc: eve@evil.example",
    "x\nBcc: eve@evil.example",
    "x\rBcc: eve@evil.example",
    "x\r\n\r\nAnother body",
    "x\x00y\x0bz\x85Bcc: eve@evil.example\u2028Cc: eve@evil.example",
    "=?utf-8?q?x=0D=0ABcc:_eve=40evil.example?=",
]


def arrived(template: Template = "verify_email", **values: str) -> EmailMessage:
    """As who reads it has it."""
    sent = mail(template)
    changed = sent.model_copy(update={"values": {**sent.values, **values}})
    message = message_from_bytes(message_of(changed, SENDER).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_says_all_it_was_told(template: Template) -> None:
    message = arrived(template)
    for text in (part(message, "plain"), part(message, "html"), str(message["Subject"])):
        assert "{" not in re.sub(r'style="[^"]*"', "", text)
    said = str(message["Subject"]) + part(message, "plain")
    given = mail(template).values
    assert [name for name, value in given.items() if value not in said] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_is_for_one_reader_and_from_us(template: Template) -> None:
    message = arrived(template)
    assert set(message.keys()) == HEADERS
    assert (message["To"], message["From"]) == ("ada@people.example", f"HireBuddha <{SENDER}>")
    assert message["Message-ID"] == f"<{LETTER_ID}@app.example>"


def test_the_words_and_what_they_need_agree() -> None:
    assert ENGLISH.keys() == NEEDS.keys()
    for template, words in ENGLISH.items():
        named = set(re.findall(r"{(\w+)}", " ".join((words.subject, *words.paragraphs, *words.after))))
        shown = named | ({"link"} if words.button else set()) | ({"code"} & NEEDS[template].sealed)
        assert shown == NEEDS[template].plain | NEEDS[template].sealed


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["inviter", "place", "role", "name", "brand_name", "brand_logo"])
def test_no_value_adds_a_header_or_a_reader(name: str, attack: str) -> None:
    message = arrived("invitation", **{name: attack})
    assert set(message.keys()) == HEADERS
    assert message["To"].addresses[0].addr_spec == "ada@people.example"
    assert len(message["To"].addresses) == len(message["From"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == SENDER


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "ada@people.example, eve@evil.example",
        "ada@people.example\r\nBcc: eve@evil.example",
        "<ada@people.example> eve@evil.example",
        '"a b"@people.example',
        "a@" + "x" * 300,
        "ada@people.example;eve@evil.example",
        "group: eve@evil.example",
    ],
)
def test_an_address_is_one_address(to: str) -> None:
    with pytest.raises(MailError) as caught:
        message_of(mail(to=to), SENDER)
    assert (caught.value.code, caught.value.retryable) == ("letter.address_invalid", False)


def test_a_value_is_text_on_the_page() -> None:
    message = arrived("invitation", inviter='<script src="//evil"></script>', role="{0.__class__}")
    page = part(message, "html")
    assert "<script" not in page and "&lt;script" in page
    assert "{0.__class__}" in page


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "//evil.example", 'https://x"onclick="y', "go"])
def test_a_link_that_is_none(link: str) -> None:
    with pytest.raises(MailError) as caught:
        arrived(link=link)
    assert caught.value.code == "letter.link_invalid"


def test_a_value_that_is_missing() -> None:
    with pytest.raises(MailError) as caught:
        message_of(mail(values={"link": LINK}), SENDER)
    assert caught.value.code == "letter.value_missing"


def test_a_partners_brand() -> None:
    logo = "https://n.example/l.png"
    message = arrived(brand_name="Northwind Ünited", brand_colour="#ff00aa", brand_logo=logo)
    assert message["From"].addresses[0].display_name == "Northwind Ünited"
    page = part(message, "html")
    assert f'src="{logo}"' in page and "#ff00aa" in page
    assert "Northwind Ünited" in part(message, "plain")


@pytest.mark.parametrize("colour", ["red", "#abc", "#ffffff;background:url(//evil)", "</style>"])
def test_a_colour_that_is_none_is_ours(colour: str) -> None:
    assert colour not in part(arrived(brand_colour=colour), "html")


@pytest.mark.parametrize(("colour", "expected"), [("#000000", WHITE), ("#ffff00", BLACK), ("#4f46e5", WHITE)])
def test_what_stands_on_a_colour_can_be_read(colour: str, expected: str) -> None:
    assert ink(colour) == expected


def test_white_is_used_where_its_contrast_is_enough() -> None:
    """As WCAG reckons it."""
    contrast = (1 + 0.05) / (READABLE_LUMINANCE + 0.05)
    assert contrast == pytest.approx(4.5, abs=0.01)


def test_who_letters_are_from_may_have_a_name() -> None:
    message: Any = message_of(mail(), "The Office <office@app.example>")
    assert str(message["From"]) == "The Office <office@app.example>"
