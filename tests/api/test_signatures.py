"""The vectors are the ones the formats' own documents or tools give."""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.datastructures import Headers

from api.signatures import verified
from schemas.authoring.triggers import HmacHeader, WebhookSettings

GITHUB_SECRET = "It's a Secret to Everybody"
GITHUB_SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STANDARD = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "Webhook-Timestamp": "1614265330",
    "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
STANDARD_BODY = b'{"test": 2432232314}'
SENT = 1614265330


def settings(preset: str, **more: Any) -> WebhookSettings:
    return WebhookSettings(type="webhook", preset=preset, **more)


def check(
    how: WebhookSettings, secret: str, headers: Mapping[str, str], body: bytes, now: float = SENT
) -> bool:
    return verified(how, secret, Headers(dict(headers)), body, now)


def hexed(secret: str, text: bytes) -> str:
    return hmac.digest(secret.encode(), text, "sha256").hex()


def test_github() -> None:
    def signed(signature: str, body: bytes = b"Hello, World!", secret: str = GITHUB_SECRET) -> bool:
        return check(settings("github"), secret, {"X-Hub-Signature-256": signature}, body)

    assert signed(GITHUB_SIGNATURE)
    assert not signed(GITHUB_SIGNATURE, b"Hello, World?")
    assert not signed(GITHUB_SIGNATURE, secret="another secret of theirs")
    assert not signed(GITHUB_SIGNATURE.removeprefix("sha256="))
    assert not signed(GITHUB_SIGNATURE[:-1])
    assert not signed("sha256=nothing")
    assert not signed("")


def test_standard_webhooks() -> None:
    how = settings("standard")

    def signed(now: float = SENT, **changes: str) -> bool:
        headers = {**STANDARD, **{name.replace("_", "-"): value for name, value in changes.items()}}
        return check(how, STANDARD_SECRET, headers, STANDARD_BODY, now)

    assert signed()
    assert signed(SENT + 300)
    assert not signed(SENT + 301)
    assert not signed(SENT - 301)
    assert not signed(Webhook_Id="msg_another")
    assert not signed(Webhook_Timestamp=str(SENT + 1))
    assert not signed(Webhook_Timestamp="soon")
    assert not signed(Webhook_Signature=STANDARD["Webhook-Signature"].replace("v1,", "v2,"))
    assert signed(Webhook_Signature=f"v1,AAAA {STANDARD['Webhook-Signature']} v1a,xx")
    assert not signed(Webhook_Signature="v1,???")
    assert not check(how, STANDARD_SECRET, STANDARD, STANDARD_BODY + b" ")


def test_stripe() -> None:
    secret, body = "whsec_test_secret", b'{"id": "evt_1"}'
    right = hexed(secret, b"%d.%b" % (SENT, body))

    def signed(header: str, now: float = SENT, sent_body: bytes = body) -> bool:
        return check(settings("stripe"), secret, {"Stripe-Signature": header}, sent_body, now)

    assert signed(f"t={SENT},v1={right}")
    assert signed(f"t={SENT}, v1={'0' * 64}, v1={right},v0=ff")
    assert not signed(f"t={SENT},v0={right}")
    assert not signed(f"t={SENT},v1={right}", SENT + 301)
    assert not signed(f"t={SENT + 1},v1={right}")
    assert not signed(f"v1={right}")
    assert not signed(f"t={SENT},v1={right}", sent_body=b"{}")
    assert not signed("")


def test_a_signature_of_ones_own_form() -> None:
    secret, body = "sixteen letters!", b"x"
    based = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    plain = settings("plain", signature=HmacHeader(header="X-Sum", encoding="base64", prefix="HMAC "))
    assert check(plain, secret, {"x-sum": f"HMAC {based}"}, body)
    assert not check(plain, secret, {"x-sum": based}, body)
    assert not check(plain, secret, {"x-signature": f"HMAC {based}"}, body)

    timed = settings("plain", signature=HmacHeader(timestamp_header="X-Time"), tolerance_seconds=10)
    headers = {"X-Time": str(SENT), "X-Signature": hexed(secret, b"%d.x" % SENT)}
    assert check(timed, secret, headers, body, SENT + 10)
    assert not check(timed, secret, headers, body, SENT + 11)
    assert not check(timed, secret, {**headers, "X-Time": str(SENT + 1)}, body)
    assert not check(timed, secret, {"X-Signature": hexed(secret, b".x")}, body)


@pytest.mark.parametrize("preset", ["plain", "github", "stripe", "standard"])
def test_no_signature_is_no_signature(preset: str) -> None:
    assert not check(settings(preset), "a secret of some length", {}, b"")


def test_of_very_many_signatures_only_some_are_looked_at() -> None:
    wrong = " ".join(["v1,AAAA"] * 10)
    many = {**STANDARD, "Webhook-Signature": f"{wrong} {STANDARD['Webhook-Signature']}"}
    assert not check(settings("standard"), STANDARD_SECRET, many, STANDARD_BODY)
