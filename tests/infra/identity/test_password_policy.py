import pytest

from infra.identity.password_policy import LONGEST, About, problems_of
from infra.identity.plain_text import distance

ANNA = About("anna.mueller@acme-works.example", "Anna Müller-Lüdenscheidt", "Acme Works GmbH")
GOOD = [
    "correct horse battery",
    "vier Worte, ein Satz",
    "kR7!qZ2#mW9p",
    "天地玄黄宇宙洪荒日月盈昃",
    "my cat Anna sleeps on warm bricks",
    " ".join(str(n * n) for n in range(100))[:LONGEST],
]


def codes(password: str, about: About = ANNA) -> set[str]:
    return {problem.code for problem in problems_of(password, about)}


@pytest.mark.parametrize("password", GOOD)
def test_long_and_unrelated_is_good(password: str) -> None:
    assert codes(password) == set()


def test_length_has_bounds() -> None:
    assert codes("kR7!qZ2#mW9") == {"password.too_short"}
    assert "password.too_short" in codes("")
    assert codes("q" * (LONGEST + 1)) == {"password.too_long"}
    assert codes("A" * 1_000_000) == {"password.too_long"}


@pytest.mark.parametrize(
    "password",
    [
        *(
            "password12345",
            "Password2024!",
            "p4ssw0rd!!!!",
            "PASSWORD-2025",
            "!!!iloveyou!!!",
        ),
        *("123letmein456!", "Dr4g0nb4ll2023", "Constantinople1", "footballdragon", "monkeyshadow99"),
    ],
)
def test_what_is_tried_first_is_refused_with_trivial_changes(password: str) -> None:
    assert codes(password) == {"password.common"}


@pytest.mark.parametrize(
    "password",
    [
        *("aaaaaaaaaaaa", "abababababab", "xyzxyzxyzxyz", "Summer2024Summer2024", "passwordpassword"),
        *(
            "123456789012",
            "abcdefghijklmn",
            "qwertyuiopasdf",
            "0987654321098",
            "QWERTZUIOPQWERTZ",
            "aabbaabbccaa",
        ),
    ],
)
def test_patterns_are_refused(password: str) -> None:
    assert codes(password) == {"password.predictable"}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("anna.mueller2024", "similar_to_email"),
        ("Mueller!Mueller7x", "similar_to_email"),
        ("acme-works.example", "similar_to_email"),
        ("MÜLLER-lüdenscheidt1", "similar_to_name"),
        ("Ludenscheidt_99", "similar_to_name"),
        ("lvdenscheidt", "similar_to_name"),
        ("tdiehcsneduL.42", "similar_to_name"),
        ("4cm3w0rks-gmbh!", "similar_to_company"),
    ],
)
def test_what_others_know_is_refused(password: str, code: str) -> None:
    assert f"password.{code}" in codes(password)


def test_short_words_of_a_name_say_nothing() -> None:
    assert codes("vast ocean liner", About(name="Li An Vo", email="a@b.c")) == set()


def test_hostile_facts_cost_little() -> None:
    assert codes("correct horse battery", About("a" * 100_000, "b c " * 50_000, "d." * 100_000)) == set()


def test_every_message_says_what_to_do() -> None:
    told = [problem for text in ("", "aaaaaaaaaaaa", "Password2024!") for problem in problems_of(text)]
    assert told and all(one.path == "password" and one.message.endswith(".") for one in told)
    assert not any("Password2024!" in one.message for one in told)


@pytest.mark.parametrize(
    ("one", "other", "steps"), [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3)]
)
def test_distance(one: str, other: str, steps: int) -> None:
    assert distance(one, other) == distance(other, one) == steps
