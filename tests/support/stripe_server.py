"""Stripe's protocol in memory, as much of it as we speak: a server that honours idempotency keys."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.support.tool_server import Asked, tool_server
from tests.support.tool_server import answer as plain_answer

Json = dict[str, Any]
LEAST_CENTS = 50


class StripeProblem(Exception):
    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(str(error))
        self.status, self.error = status, error


def answer(status: int, body: bytes) -> bytes:
    return plain_answer(status, body, connection="close")


@dataclass
class StripeServer:
    """`declines`: payment methods and their decline codes. `lost`: answers that get lost, after the work."""

    objects: dict[str, Json] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    declines: dict[str, str] = field(default_factory=dict)
    lost: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def reply(self, asked: Asked) -> bytes:
        self.asked.append((asked.method, asked.target))
        key = asked.headers.get("idempotency-key")
        if key is None or key not in self.keys:
            said = self._said(asked)
            if key is not None:
                self.keys[key] = said
        else:
            said = self.keys[key]
        if self.lost:
            self.lost -= 1
            return answer(500, b"{}")
        return said

    def of(self, kind: str) -> list[Json]:
        return [found for found in self.objects.values() if found["object"] == kind]

    def _said(self, asked: Asked) -> bytes:
        path, _, query = asked.target.partition("?")
        params = nested(parse_qsl(asked.body.decode() or query))
        try:
            return answer(200, json.dumps(self._do(asked.method, path.split("/")[2:], params)).encode())
        except StripeProblem as problem:
            return answer(problem.status, json.dumps({"error": problem.error}).encode())

    def _do(self, method: str, path: list[str], params: Json) -> Json:
        match method, path:
            case "POST", ["customers"]:
                return self._made("customer", "cus", params)
            case "POST", ["payment_methods", id_, "attach"]:
                return self._attached(id_, params["customer"])
            case "POST", ["payment_intents"] if int(params["amount"]) < LEAST_CENTS:
                raise StripeProblem(400, type="invalid_request_error", code="amount_too_small")
            case "POST", ["payment_intents"]:
                return self._made("payment_intent", "pi", {**params, "status": "requires_confirmation"})
            case "GET", ["payment_intents", id_]:
                return self._found(id_)
            case "POST", ["payment_intents", id_, "confirm"]:
                return self._confirmed(self._found(id_))
            case "GET", ["refunds"]:
                made = [r for r in self.of("refund") if r["payment_intent"] == params["payment_intent"]]
                return {"object": "list", "data": made, "has_more": False, "url": "/v1/refunds"}
            case "POST", ["refunds"]:
                return self._refunded(params)
        raise StripeProblem(404, type="invalid_request_error", message=f"no {method} {path}")

    def _made(self, kind: str, prefix: str, params: Json) -> Json:
        id_ = f"{prefix}_{len(self.objects) + 1}"
        self.objects[id_] = {"id": id_, "object": kind, **params}
        return self.objects[id_]

    def _found(self, id_: str) -> Json:
        if id_ not in self.objects:
            raise StripeProblem(404, type="invalid_request_error", code="resource_missing", message=id_)
        return self.objects[id_]

    def _attached(self, id_: str, customer: str) -> Json:
        self._found(customer)
        if self.declines.get(id_) == "refused":
            raise StripeProblem(402, type="card_error", code="card_declined", message="Declined.")
        return {"id": id_, "object": "payment_method", "customer": customer}

    def _confirmed(self, intent: Json) -> Json:
        if intent["status"] == "succeeded":
            raise StripeProblem(400, type="invalid_request_error", code="payment_intent_unexpected_state")
        if code := self.declines.get(intent["payment_method"]):
            error = {"code": "card_declined", "decline_code": code, "message": "Your card was declined."}
            intent.update(status="requires_payment_method", last_payment_error=error)
            raise StripeProblem(402, type="card_error", payment_intent=intent, **error)
        intent.update(status="succeeded")
        return intent

    def _refunded(self, params: Json) -> Json:
        intent = self._found(params["payment_intent"])
        before = sum(int(r["amount"]) for r in self.of("refund") if r["payment_intent"] == intent["id"])
        if before + int(params["amount"]) > int(intent["amount"]):
            raise StripeProblem(400, type="invalid_request_error", code="charge_already_refunded")
        return self._made("refund", "re", {**params, "status": "succeeded"})


def nested(pairs: list[tuple[str, str]]) -> Json:
    """`metadata[invoice_id]=…` as an object in an object."""
    found: Json = {}
    for name, value in pairs:
        outer, _, inner = name.partition("[")
        if inner:
            found.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            found[outer] = value
    return found


@asynccontextmanager
async def stripe_server() -> AsyncIterator[StripeServer]:
    stripe = StripeServer()
    async with tool_server() as server:
        server.reply = stripe.reply
        stripe.url = server.url
        yield stripe
