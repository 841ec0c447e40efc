"""Letters with defaults: a test names only what it is about."""

from typing import Any
from uuid import UUID

from schemas.notifications.types import NEEDS, Letter, Mail, Template
from tests.support.builders import NOW
from tests.support.fakes.personal import sealed

LETTER_ID = UUID(int=50)
LINK = "https://app.example/go?t=abc"


def letter(template: Template = "verify_email", **changes: Any) -> Letter:
    values = {name: said(name) for name in NEEDS[template].plain}
    secret = {name: sealed(said(name)) for name in NEEDS[template].sealed}
    defaults: dict[str, Any] = {
        "letter_id": LETTER_ID,
        "to": sealed("ada@people.example"),
        "template": template,
        "values": values,
        "sealed": secret,
    }
    return Letter.model_validate({**defaults, **changes})


def mail(template: Template = "verify_email", **changes: Any) -> Mail:
    needed = NEEDS[template]
    defaults: dict[str, Any] = {
        "letter_id": LETTER_ID,
        "to": "ada@people.example",
        "template": template,
        "values": {name: said(name) for name in needed.plain | needed.sealed},
        "locale": "en",
        "written_at": NOW,
    }
    return Mail.model_validate({**defaults, **changes})


def said(name: str) -> str:
    return {"link": LINK, "code": "123456", "minutes": "15"}.get(name, f"the {name}")
