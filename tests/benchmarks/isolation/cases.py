"""What it costs that nobody sees another's rows."""

from tests.benchmarks.isolation import case_lists, case_partners
from tests.benchmarks.suite import Cases

CASES: Cases = {"lists": case_lists.measure, "partners": case_partners.measure}
