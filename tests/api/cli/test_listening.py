"""What is taken from a browser that comes back, and what is not."""

import httpx2
import pytest

from api.cli.errors import Refused
from api.cli.listening import Listener, listening

STATE = "s" * 43


def came(listener: Listener, query: str) -> int:
    with httpx2.Client(trust_env=False) as browser:
        return browser.get(f"http://127.0.0.1:{listener.port}/?{query}").status_code


def test_the_right_return_is_taken_once() -> None:
    with listening() as listener:
        listener.state = STATE
        assert came(listener, f"state={STATE}&code=c") == 200
        assert came(listener, f"state={STATE}&code=d") == 404
        assert listener.query() == f"state={STATE}&code=c"


@pytest.mark.parametrize("query", ["", "state=", "state=guess&code=c", f"state={STATE}&state={STATE}"])
def test_others_are_not_and_the_wait_goes_on(query: str) -> None:
    with listening() as listener:
        listener.state = STATE
        assert came(listener, query) == 404
        with pytest.raises(Refused, match="nobody came back"):
            listener.query(0)
        assert came(listener, f"state={STATE}&code=c") == 200


def test_nothing_is_taken_before_it_is_known_what_is_waited_for() -> None:
    with listening() as listener:
        assert came(listener, "state=&code=c") == 404


def test_only_this_machine_is_listened_to() -> None:
    with listening() as listener:
        assert listener.server_address[0] == "127.0.0.1"
