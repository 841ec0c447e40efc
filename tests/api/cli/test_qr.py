import io

import segno
from rich.console import Console

from api.cli.qr import BORDER, HALVES, picture

URI = "otpauth://totp/HireBuddha:nina%40new.example?secret=JBSWY3DPEHPK3PXP&issuer=HireBuddha"


def test_the_picture_is_the_code_and_has_a_light_border() -> None:
    code = segno.make_qr(URI, error="l").matrix
    read = [row for line in picture(URI).plain.split("\n") for row in zip(*map(pair_of, line), strict=True)]
    size = len(code)
    assert [bytes(row[BORDER : BORDER + size]) for row in read[BORDER : BORDER + size]] == list(
        map(bytes, code)
    )
    assert not any(any(row) for row in (*read[:BORDER], *read[BORDER + size :]))
    assert not any(row[number] for row in read for number in (0, 1, -1, -2))


def test_it_is_dark_on_light_in_a_dark_terminal() -> None:
    out = io.StringIO()
    Console(file=out, force_terminal=True, color_system="standard", width=200).print(picture(URI))
    assert "\x1b[30;107m" in out.getvalue()


def pair_of(character: str) -> tuple[int, int]:
    return {shown: pair for pair, shown in HALVES.items()}[character]
