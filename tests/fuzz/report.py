"""What was sent and what came back, on one screen."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.fuzz.run import Finding, Outcome

CLASSES = ("2xx", "401", "403", "404", "other 4xx", "503", "500")


def show(console: Console, outcome: Outcome, seed: int, seconds: float) -> None:
    console.print(table(outcome))
    for operation, kind, problem, found in grouped(outcome.findings):
        who = ", ".join(sorted({finding.who for finding in found}))
        console.print(Text(f"\n{operation} ({kind}; {who})", style="bold red"))
        console.print(Text(f"  {problem}"))
        console.print(Text(f"  {found[0].again}", style="dim"), soft_wrap=True)
    cases = sum(outcome.cases.values())
    word = "FOUND" if outcome.findings else "CUT SHORT" if outcome.cut_short else "OK"
    console.print(
        f"\nFUZZ {word} operations={outcome.operations} cases={cases} findings={len(outcome.findings)} "
        f"seed={seed} seconds={seconds:.0f}"
    )


def table(outcome: Outcome) -> Table:
    made = Table(title="Answers, by who asked")
    made.add_column("who")
    for heading in ("operations", "cases", *CLASSES, "findings"):
        made.add_column(heading, justify="right")
    for who, cases in outcome.cases.items():
        found = Counter[str]()
        for status, number in outcome.statuses[who].items():
            found[class_of(status)] += number
        wrong = sum(finding.who == who for finding in outcome.findings)
        counts = (outcome.operations, cases, *(found[name] for name in CLASSES), wrong)
        made.add_row(who, *map(str, counts), style="red" if wrong else "")
    return made


def class_of(status: int) -> str:
    if status < 300:
        return "2xx"
    return str(status) if str(status) in CLASSES else "other 4xx"


def grouped(findings: Sequence[Finding]) -> list[tuple[str, str, str, list[Finding]]]:
    """The same of several people is one."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = finding.operation, finding.kind, finding.problem.partition("request_id")[0]
        groups.setdefault(key, []).append(finding)
    return [(*key, found) for key, found in groups.items()]
