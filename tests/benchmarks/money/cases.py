"""What money costs: holding and settling, proving, telling."""

from tests.benchmarks.money import case_pairs, case_proof, case_statements
from tests.benchmarks.suite import Cases

CASES: Cases = {
    "pairs": case_pairs.measure,
    "proof": case_proof.measure,
    "statements": case_statements.measure,
}
