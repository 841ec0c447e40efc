from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuthoringFacts:
    """For CreateAgent, CreateWorkflow and ReviseWorkflow: the models that have a rate."""

    known_models: frozenset[str]
