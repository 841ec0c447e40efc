"""What a verification found, and how the entries, the tree and the projections are to be compared."""

from dataclasses import dataclass, field
from typing import NamedTuple

MOST = 20
"""Findings that are kept of each kind: the first says where to look, the others how far it goes."""


class Finding(NamedTuple):
    """`where` names one row: an event, a leaf, a node, a checkpoint, a row of a projection."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Report:
    """`pending`: events that are not sealed yet. `findings` are in the order of the ledger."""

    entries: int
    pending: int
    checkpoints: int
    passes: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.findings
