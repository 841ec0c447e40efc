import json
from decimal import Decimal
from pathlib import Path

import pytest

from api.cli.errors import Refused
from api.cli.money import in_words
from api.cli.rate_import import Change, changes
from api.cli.rate_simulation import read_card
from infra.price_table import Listed
from schemas.billing.types import TokenRates

CHEAP = TokenRates(input=Decimal(1), output=Decimal(2))
DEAR = TokenRates(input=Decimal(3), output=Decimal(4))


def test_an_import_sets_what_is_new_or_different_only() -> None:
    found = [Listed("a/new", CHEAP), Listed("a/dearer", DEAR), Listed("a/same", DEAR), Listed("a/odd", None)]
    known = {"a/dearer": CHEAP, "a/same": DEAR, "a/other": CHEAP}
    assert changes(found, known) == [Change("a/new", None, CHEAP), Change("a/dearer", CHEAP, DEAR)]


def test_a_price_is_told_in_words() -> None:
    percent = {"kind": "percent", "markup_percent": "30.0", "floor": None, "cap": {"input": "1"}}
    assert in_words(percent) == "cost + 30 %, cap"
    assert in_words({"kind": "package", "tokens": 1000, "price": "2.50"}) == "2.5 per 1000 tokens"
    assert in_words({"kind": "volume", "of": "price", "tiers": [1, 2]}) == "volume, 2 tiers of price"


def test_a_card_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    file.write_text(json.dumps({"system": [{"model": "a/b", "rates": {"input": "1", "output": "2"}}]}))
    assert read_card(file).system[0].rates == CHEAP


@pytest.mark.parametrize(
    ("text", "place"), [("{", "the file"), ('{"partners": [{}]}', "partners.0"), ('{"x": 1}', "x")]
)
def test_what_is_no_card_is_refused_with_the_place(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "card.json"
    file.write_text(text)
    with pytest.raises(Refused, match=f"no rate card: {place}"):
        read_card(file)
    with pytest.raises(Refused, match="cannot be read"):
        read_card(tmp_path / "none.json")
