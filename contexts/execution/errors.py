from contexts.kernel import Rejection
from schemas.tenancy.types import TENANT_CLOSED, TENANT_RESTRICTED, TENANT_SUSPENDED


class TenantNotFound(Rejection):
    code = "tenancy.tenant_not_found"
    kind = "not_found"


class TenantIsSuspended(Rejection):
    code = TENANT_SUSPENDED
    kind = "forbidden"


class TenantIsClosed(Rejection):
    code = TENANT_CLOSED
    kind = "forbidden"


class TenantIsRestricted(Rejection):
    code = TENANT_RESTRICTED
    kind = "forbidden"


class TenantNotActive(Rejection):
    code = "tenancy.tenant_not_active"
    kind = "forbidden"


class SourceNotFound(Rejection):
    code = "execution.source_not_found"
    kind = "not_found"


class NotPublished(Rejection):
    code = "execution.not_published"
    kind = "conflict"


class InvalidInputs(Rejection):
    code = "execution.invalid_inputs"
    kind = "invalid"


class ExecutionExists(Rejection):
    code = "execution.exists"
    kind = "conflict"


class ExecutionNotFound(Rejection):
    code = "execution.not_found"
    kind = "not_found"


class ExecutionEnded(Rejection):
    code = "execution.ended"
    kind = "conflict"


class NotEnded(Rejection):
    code = "execution.not_ended"
    kind = "conflict"


class Deprecated(Rejection):
    code = "execution.version_deprecated"
    kind = "conflict"


class UnknownNode(Rejection):
    code = "execution.unknown_node"
    kind = "invalid"


class NotWaitingForApproval(Rejection):
    code = "execution.no_such_approval"
    kind = "not_found"


class NotAssigned(Rejection):
    code = "execution.not_assigned"
    kind = "forbidden"


class InvalidAnswer(Rejection):
    code = "execution.invalid_answer"
    kind = "invalid"


class TooManySignals(Rejection):
    code = "execution.too_many_signals"
    kind = "conflict"


class SignalTooLarge(Rejection):
    code = "execution.signal_too_large"
    kind = "invalid"
