"""The command line as somebody who signs in: what is kept of it on the machine, and how it goes on."""

import json
import stat
from io import StringIO

import httpx2
import pytest

from api.cli import signing_in
from api.cli.errors import Refused
from api.cli.kept_login import Here
from api.cli.second_factor import proof
from tests.api.cli.answering import ME, TOKEN, Answer, Edge, refusing


def log_in(at: Here, email: str, password: str, code: str | None = None) -> None:
    signing_in.log_in(at, signing_in.by_password(at, email, password, code))


def over(code: str, until: str) -> Answer:
    """Refuses the tokens before `until`."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["authorization"] == f"Bearer {until}":
            return httpx2.Response(200, json=ME)
        return httpx2.Response(401, json={"code": code, "detail": "Over.", "problems": []})

    return answer


def test_tokens_are_kept_for_their_owner_only(edge: Edge, at: Here) -> None:
    edge.answers["POST /auth/token"] = TOKEN
    log_in(at, "nina@new.example", "seven blue lanterns drift")
    assert stat.S_IMODE(at.file.stat().st_mode) == 0o600
    assert at.login().refresh_token == "r1"
    assert edge.bearers("/auth/me") == ["Bearer a1"]
    assert b"seven+blue" in edge.seen[0].content
    assert "seven" not in at.file.read_text()


@pytest.mark.parametrize("code", ["auth.expired_token", "auth.stale_token", "auth.invalid_token"])
def test_tokens_that_are_over_are_renewed_once(edge: Edge, at: Here, code: str) -> None:
    at.keep(TOKEN)
    edge.answers["GET /auth/me"] = over(code, "a2")
    edge.answers["POST /auth/refresh"] = {"access_token": "a2", "refresh_token": "r2"}
    signing_in.whoami(at)
    assert at.login().refresh_token == "r2"
    assert edge.bearers("/auth/me") == ["Bearer a1", "Bearer a2"]


def test_a_session_that_is_over_is_forgotten(edge: Edge, at: Here) -> None:
    at.keep(TOKEN)
    edge.answers["GET /auth/me"] = over("auth.expired_token", "none")
    edge.answers["POST /auth/refresh"] = lambda request: httpx2.Response(
        401, json={"code": "auth.session_revoked", "detail": "It was ended.", "problems": []}
    )
    with pytest.raises(Refused, match="It was ended"):
        signing_in.whoami(at)
    with pytest.raises(Refused, match="nobody is signed in here"):
        at.login()


def test_signing_out_forgets_even_what_is_over(edge: Edge, at: Here) -> None:
    at.keep(TOKEN)
    edge.answers["POST /auth/logout"] = lambda request: httpx2.Response(
        401, json={"code": "auth.session_revoked", "detail": "It was ended.", "problems": []}
    )
    signing_in.log_out(at)
    assert not at.file.exists()


def test_the_platform_that_was_signed_in_to_is_the_one_that_is_asked(edge: Edge, at: Here) -> None:
    at.keep(TOKEN, "http://elsewhere.example")
    edge.answers["POST /auth/switch"] = {"access_token": "a3"}
    signing_in.switch(at, "7")
    assert {request.url.host for request in edge.seen} == {"elsewhere.example"}
    assert at.login().url == "http://elsewhere.example"
    assert edge.bearers("/auth/me") == ["Bearer a3"]


def test_a_pasted_link_gives_what_is_after_its_hash(edge: Edge, at: Here) -> None:
    edge.answers["POST /auth/verify"] = {"user_id": "7", "token": None}
    signing_in.verify(at, None, None, "https://app.example/verify#s3cret")
    assert edge.seen[0].content == b'{"link":"s3cret"}'
    assert not at.file.exists()


@pytest.mark.parametrize(
    ("session", "everywhere", "path"),
    [
        ("7", False, "/auth/sessions/7"),
        (None, False, "/auth/sessions?keep=current"),
        (None, True, "/auth/sessions"),
    ],
)
def test_what_is_ended(edge: Edge, at: Here, session: str | None, everywhere: bool, path: str) -> None:
    at.keep(TOKEN)
    edge.answers[f"DELETE {path.partition('?')[0]}"] = {"ended": 2}
    signing_in.end_sessions(at, session, everywhere)
    assert edge.seen[-1].url.raw_path.decode() == path


MFA = refusing(401, "auth.mfa_required", mfa_token="m1", methods=["totp", "recovery_code"])


@pytest.mark.parametrize(
    ("code", "field"), [("287082", "totp"), ("287 082", "totp"), ("4k9zq-1m7tw", "recovery_code")]
)
def test_a_second_factor_is_shown_after_the_password(edge: Edge, at: Here, code: str, field: str) -> None:
    edge.answers |= {"POST /auth/token": MFA, "POST /auth/token/mfa": TOKEN}
    log_in(at, "nina@new.example", "seven blue lanterns drift", code)
    assert json.loads(edge.seen[1].content) == {"mfa_token": "m1", field: code}
    assert at.login().refresh_token == "r1"


def test_a_terminal_is_asked_for_it_and_a_script_told(
    edge: Edge, at: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge.answers |= {"POST /auth/token": MFA, "POST /auth/token/mfa": TOKEN}
    monkeypatch.setattr("sys.stdin", StringIO("287082\n"))
    with pytest.raises(Refused, match="--code"):
        log_in(at, "nina@new.example", "seven blue lanterns drift")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    log_in(at, "nina@new.example", "seven blue lanterns drift")
    assert json.loads(edge.seen[-3].content)["totp"] == "287082"


def test_a_wrong_factor_keeps_nothing(edge: Edge, at: Here) -> None:
    edge.answers |= {"POST /auth/token": MFA, "POST /auth/token/mfa": refusing(401, "auth.wrong_factor")}
    with pytest.raises(Refused, match="wrong_factor"):
        log_in(at, "nina@new.example", "seven blue lanterns drift", "000000")
    assert not at.file.exists()


def test_one_thing_shows_that_it_is_still_oneself() -> None:
    assert proof(None, "287082") == {"totp": "287082"}
    assert proof("seven", None) == {"password": "seven"}
    for password, code in ((None, None), ("seven", "287082")):
        with pytest.raises(Refused, match="hb step-up"):
            proof(password, code)


@pytest.mark.parametrize(
    ("code", "link", "sent"),
    [
        ("1234 5678", None, {"email": "nina@new.example", "code": "1234 5678"}),
        (None, "https://hb.example/reset#secret", {"link": "secret"}),
    ],
)
def test_what_a_letter_has_resets_and_unlocks(
    edge: Edge, at: Here, code: str | None, link: str | None, sent: dict[str, str]
) -> None:
    edge.answers |= {"POST /auth/password/reset": {}, "POST /auth/unlock": {}}
    proof = signing_in.shown("nina@new.example", code, link)
    signing_in.reset(at, proof, "seven blue lanterns drift")
    signing_in.unlock(at, proof)
    assert [json.loads(one.content) for one in edge.seen] == [
        {**sent, "password": "seven blue lanterns drift"},
        sent,
    ]


def test_with_an_address_alone_a_letter_is_asked_for(edge: Edge, at: Here) -> None:
    edge.answers["POST /auth/unlock/request"] = {"status": "sent"}
    signing_in.unlock(at, signing_in.shown("nina@new.example", None, None))
    assert json.loads(edge.seen[0].content) == {"email": "nina@new.example"}
