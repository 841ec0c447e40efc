from datetime import UTC, datetime
from decimal import Decimal

from infra.price_table import NOT_OURS, TIERED, as_listed, listed
from schemas.billing.types import TokenRates

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_models_prices_are_ours_by_class() -> None:
    prices = {
        "input_mtok": Decimal("0.15"),
        "output_mtok": Decimal("0.60"),
        "cache_read_mtok": Decimal("0.075"),
        "requests_kcount": Decimal(5),
        "web_searches_kcount": Decimal(10),
        "cache_write_mtok": None,
    }
    expected = TokenRates(
        input=Decimal("0.15"),
        output=Decimal("0.60"),
        cache_read=Decimal("0.075"),
        request=Decimal("0.005"),
    )
    assert as_listed("openai/tiny", prices).rates == expected


def test_audio_is_sold_by_the_minute() -> None:
    rates = as_listed("openai/whisper", {"audio_hours": Decimal("0.36")}).rates
    assert rates == TokenRates(input=Decimal(0), output=Decimal(0), audio_minute=Decimal("0.006"))


def test_what_cannot_be_said_in_our_units_is_left_out_with_the_reason() -> None:
    assert as_listed("a/b", {"input_mtok": object(), "output_mtok": Decimal(1)}).why == TIERED
    assert as_listed("a/b", {"input_mchars": Decimal(1)}).why == NOT_OURS


def test_the_table_knows_models_of_today() -> None:
    """The package's own form: this fails when it changes its units or names."""
    found = {one.model: one.rates for one in listed("openai", NOW)}
    rates = found["openai/gpt-4o-mini"]
    assert rates is not None
    assert rates.output > rates.input > rates.cache_read > 0
    assert all(
        rates is None or max(rates.input, rates.request, rates.audio_minute) > 0 for rates in found.values()
    )
    assert list(listed("nobody", NOW)) == []
