"""Advisory locks have one purpose each: who shares one keeps the other from its work."""

import re
from collections import Counter

from tests.architecture.tree import ROOT

KEY = re.compile(r"^LOCK = (4_805_\d+)|pg_advisory_xact_lock\((4805\d+)\)", re.MULTILINE)


def test_every_lock_has_a_key_of_its_own() -> None:
    sources = [
        file
        for folder in ("bus", "infra")
        for kind in ("py", "sql")
        for file in (ROOT / folder).rglob(f"*.{kind}")
    ]
    found = [key for file in sources for pair in KEY.findall(file.read_text()) for key in pair if key]
    shared = {key: times for key, times in Counter(map(int, found)).items() if times > 1}
    assert len(found) >= 7 and not shared
