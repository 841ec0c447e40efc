"""What runs cost, in all their shapes."""

from tests.benchmarks.engine import (
    case_fan_out,
    case_hot_tenant,
    case_late,
    case_memory,
    case_scale_out,
    case_shapes,
    case_slow,
)
from tests.benchmarks.suite import Cases

CASES: Cases = {
    "fan-out": case_fan_out.measure,
    "shapes": case_shapes.measure,
    "late": case_late.measure,
    "slow": case_slow.measure,
    "hot-tenant": case_hot_tenant.measure,
    "memory": case_memory.measure,
    "scale-out": case_scale_out.measure,
}
