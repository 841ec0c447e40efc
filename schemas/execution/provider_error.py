"""How a call to a model provider fails. Here, not in contexts, because infra raises it."""

from typing import Literal

from schemas.execution.chat import Usage

ErrorClass = Literal[
    "rate_limited",
    "overloaded",
    "timeout",
    "connection",
    "stream_cut",
    "bad_request",
    "unauthorized",
    "content_filter",
    "aborted",
    "unknown",
]

ABORTED = "aborted"
"""The message a call's task is cancelled with when nobody waits for its answer any more."""


class Aborted(Exception):
    """Nobody waits for the answer any more."""


class ProviderError(Exception):
    """The message is safe to store and to show: it never holds a secret.

    `observed_usage` is what the provider did as far as we saw. None means that we saw no work;
    after `timeout` and `connection` it may have worked, and charged, all the same.
    """

    def __init__(
        self,
        error_class: ErrorClass,
        message: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        observed_usage: Usage | None = None,
    ) -> None:
        super().__init__(f"{error_class}: {message}")
        self.error_class = error_class
        self.retryable = retryable
        self.retry_after = retry_after
        self.observed_usage = observed_usage
