from contexts.kernel import Rejection


class TenantNotFound(Rejection):
    code = "tenancy.tenant_not_found"
    kind = "not_found"


class TenantIsSuspended(Rejection):
    code = "tenancy.tenant_suspended"
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
