"""What it costs to know who asks."""

from tests.benchmarks.identity import case_sign_in, case_token
from tests.benchmarks.suite import Cases

CASES: Cases = {"token": case_token.measure, "sign-in": case_sign_in.measure}
