from contexts.kernel import Rejection


class InvalidDefinition(Rejection):
    """Carries every problem at once, so that an editor can show them all."""

    code = "authoring.invalid_definition"
    kind = "invalid"


class AgentExists(Rejection):
    code = "authoring.agent_exists"
    kind = "conflict"


class WorkflowExists(Rejection):
    code = "authoring.workflow_exists"
    kind = "conflict"


class WorkflowNotFound(Rejection):
    code = "authoring.workflow_not_found"
    kind = "not_found"
