"""Keys for programs, from the command line of somebody of their place."""

import json
from typing import Any

import pytest

from api.cli import handing_out_keys as keys
from api.cli.errors import Refused
from api.cli.kept_login import Here
from tests.api.cli.answering import TOKEN, Edge

OPEN = {"id": "p1", "name": "Nightly", "closed": False}
WISH = {"label": "CI", "scopes": ["executions:start"], "networks": [], "days": 90}
OVERLAP = {"days": 90, "overlap_minutes": 60}
NEW = {"id": "k2", "key": "hbk_kq7d2mzx_9f2K"}


@pytest.fixture(autouse=True)
def signed_in(at: Here) -> None:
    at.keep(TOKEN)


def has(edge: Edge, *programs: dict[str, Any]) -> None:
    edge.answers["GET /service-accounts"] = {"items": list(programs)}


def key(id_: str, revoked: bool = False, ends: str = "2099-01-01T00:00:00Z") -> dict[str, Any]:
    return {"id": id_, "revoked": revoked, "expires_at": ends}


def test_a_known_program_gets_a_key(edge: Edge, at: Here, capsys: pytest.CaptureFixture[str]) -> None:
    has(edge, {"id": "p0", "name": "Nightly", "closed": True}, OPEN)
    edge.answers["POST /service-accounts/p1/keys"] = NEW
    keys.issue(at, "Nightly", "tenant_operator", WISH)
    assert json.loads(edge.seen[-1].content) == WISH
    assert NEW["key"] in capsys.readouterr().out


def test_a_program_is_made_when_it_is_told_as_what(edge: Edge, at: Here) -> None:
    has(edge)
    edge.answers |= {"POST /service-accounts": {"id": "p2"}, "POST /service-accounts/p2/keys": NEW}
    with pytest.raises(Refused, match="--role"):
        keys.issue(at, "Nightly", None, WISH)
    keys.issue(at, "Nightly", "tenant_operator", WISH)
    assert json.loads(edge.seen[-2].content) == {"name": "Nightly", "role": "tenant_operator"}


def test_the_only_key_that_counts_is_rotated(edge: Edge, at: Here) -> None:
    has(edge, OPEN)
    old = [key("k0", revoked=True), key("k1"), key("k3", ends="2020-01-01T00:00:00Z")]
    edge.answers |= {"GET /service-accounts/p1": {"keys": old}}
    edge.answers["POST /service-accounts/p1/keys/k1/rotate"] = NEW
    keys.rotate(at, "Nightly", None, OVERLAP)
    assert json.loads(edge.seen[-1].content) == OVERLAP


@pytest.mark.parametrize("known", [[], [key("k1"), key("k2")]])
def test_which_of_several_is_asked(edge: Edge, at: Here, known: list[dict[str, Any]]) -> None:
    has(edge, OPEN)
    edge.answers["GET /service-accounts/p1"] = {"keys": known}
    with pytest.raises(Refused, match=f"{len(known)} of its keys count"):
        keys.rotate(at, "Nightly", None, OVERLAP)
