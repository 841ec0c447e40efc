from contexts.kernel import Rejection


class InvalidDefinition(Rejection):
    """Carries every problem at once, so that an editor can show them all."""

    code = "authoring.invalid_definition"
    kind = "invalid"


class InvalidTool(Rejection):
    """Carries every problem at once."""

    code = "authoring.invalid_tool"
    kind = "invalid"


class ToolNotFound(Rejection):
    code = "authoring.tool_not_found"
    kind = "not_found"


class SecretNotFound(Rejection):
    code = "authoring.secret_not_found"
    kind = "not_found"


class AgentExists(Rejection):
    code = "authoring.agent_exists"
    kind = "conflict"


class AgentNotFound(Rejection):
    code = "authoring.agent_not_found"
    kind = "not_found"


class WorkflowExists(Rejection):
    code = "authoring.workflow_exists"
    kind = "conflict"


class WorkflowNotFound(Rejection):
    code = "authoring.workflow_not_found"
    kind = "not_found"


class InvalidTrigger(Rejection):
    """Carries every problem at once."""

    code = "authoring.invalid_trigger"
    kind = "invalid"


class TriggerExists(Rejection):
    code = "authoring.trigger_exists"
    kind = "conflict"


class TriggerNotFound(Rejection):
    code = "authoring.trigger_not_found"
    kind = "not_found"


class TriggerNotListening(Rejection):
    """It is disabled, or waits for something else by now."""

    code = "authoring.trigger_not_listening"
    kind = "conflict"


class TooManyFollowers(Rejection):
    code = "authoring.too_many_followers"
    kind = "conflict"


class VersionNotFound(Rejection):
    code = "authoring.version_not_found"
    kind = "not_found"
