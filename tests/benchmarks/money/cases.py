"""What money costs: holding and settling, proving, telling."""

from tests.benchmarks.money import case_pairs
from tests.benchmarks.suite import Cases

CASES: Cases = {
    "pairs": case_pairs.measure,
}
