"""From `provider/model` to the client that can answer it. The ChatModel of the execution context."""

import time

import structlog

from infra.metrics import PROVIDER_ESTIMATES, PROVIDER_QUARANTINED, PROVIDER_SECONDS, PROVIDER_TOKENS
from infra.providers.openai_compatible import OnDelta, OpenAiCompatible
from schemas.execution.chat import ChatRequest, ChatResult, Usage
from schemas.execution.provider_error import ProviderError

TOKEN_CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")
OPENAI_URL = "https://api.openai.com/v1"
SETTINGS = {"openai": "HB_OPENAI_API_KEY or HB_OPENAI_BASE_URL", "local": "HB_LOCAL_MODEL_URL"}


class Catalog:
    def __init__(self, clients: dict[str, OpenAiCompatible]) -> None:
        self._clients = clients

    async def complete(self, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        provider, name = split(request.model)
        began = time.perf_counter()
        try:
            result = await self._client(provider).complete(name, request, on_delta)
        except ProviderError as error:
            measure(request.model, error.error_class, began, error.observed_usage)
            raise
        measure(request.model, "ok", began, result.usage)
        return result

    async def aclose(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _client(self, provider: str) -> OpenAiCompatible:
        if provider in self._clients:
            return self._clients[provider]
        if provider in SETTINGS:
            raise _refused(f"provider {provider!r} is not set up: set {SETTINGS[provider]}")
        raise _refused(f"unknown provider {provider[:50]!r}: use one of {', '.join(SETTINGS)}")


def measure(model: str, outcome: str, began: float, usage: Usage | None) -> None:
    PROVIDER_SECONDS.labels(model, outcome).observe(time.perf_counter() - began)
    for token_class in TOKEN_CLASSES if usage else ():
        PROVIDER_TOKENS.labels(model, token_class).inc(getattr(usage, token_class))
    if usage and usage.estimated:
        PROVIDER_ESTIMATES.labels(model).inc()
    if usage and usage.quarantined:
        PROVIDER_QUARANTINED.labels(model).inc()
        structlog.get_logger().warning("usage_quarantined", model=model, unplaced=usage.unplaced)


def split(model: str) -> tuple[str, str]:
    provider, _, name = model.partition("/")
    if not provider or not name:
        raise _refused(f"model {model[:100]!r} is not of the form provider/name")
    return provider, name


def chat_model(
    openai_api_key: str | None, openai_base_url: str | None, local_model_url: str | None
) -> Catalog:
    clients = {}
    if openai_api_key or openai_base_url:
        clients["openai"] = _openai(openai_api_key, openai_base_url)
    if local_model_url:
        # A proxy from the environment must not come between us and our own machine.
        clients["local"] = OpenAiCompatible(local_model_url.rstrip("/") + "/v1", None, trust_env=False)
    return Catalog(clients)


def _openai(api_key: str | None, base_url: str | None) -> OpenAiCompatible:
    """OpenAI itself refuses `max_tokens` for its reasoning models; others know only that."""
    if base_url:
        return OpenAiCompatible(base_url, api_key)
    return OpenAiCompatible(OPENAI_URL, api_key, limit_field="max_completion_tokens")


def _refused(message: str) -> ProviderError:
    return ProviderError("bad_request", message, retryable=False)
