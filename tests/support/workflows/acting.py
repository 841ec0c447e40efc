"""What comes of steps that need somebody: a provider, a tool, a person, an event from outside."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from schemas.authoring import nodes as n
from tests.support.workflows.expected import Expected, Given, Outcome
from tests.support.workflows.story import (
    HURRIED_SECONDS,
    ONCE_TOOL,
    PASSING,
    SAFE_TOOL,
    SEARCH_REFUSED,
    TOOL_REFUSED,
    UNFIT,
    Reply,
    Story,
)

LOST = "execution.outcome_unknown"
SUPPLIED = "supplied for "
"""What a person begins with who says what the outcome is to be."""

REFUSED = "execution.refused_by_person"


class Actors:
    def __init__(self, story: Story, found: Expected, given: Given) -> None:
        self.story, self.found, self.given = story, found, given
        self._decided: Counter[str] = Counter()

    def act(self, node: n.Node, key: str, arguments: Mapping[str, Any]) -> Outcome:
        """`arguments`: of a tool."""
        match node:
            case n.LlmNode():
                return self.llm(node, key)
            case n.AgentNode():
                return self.agent(node, key)
            case n.ToolNode():
                policy = node.when_unknown or ("ask" if node.tool == ONCE_TOOL else "retry")
                return self.known(policy, key) or self.tool(key, dict(arguments))
            case n.RetrieveNode():
                return self.search(node, key)
            case n.ApprovalNode():
                return self.approval(node, key)
            case n.WaitNode():
                return self.wait(node)
        raise AssertionError(f"nobody acts for {node.type}")

    def decide(self, key: str, purpose: str) -> str:
        self._decided[key] += 1
        return self.story.decision(key, self._decided[key], purpose)

    def known(self, policy: n.WhenUnknown, key: str) -> Outcome | None:
        """How work ended whose outcome nobody knew, if that is an end the policy allows."""
        outcome = self.given.unknown.get(key)
        if outcome is None or policy == "retry":
            return None
        return outcome if (policy == "fail") == (outcome[1] == LOST) else None

    def ask(self, key: str, turn: int) -> Reply:
        self.found.asked[key] += 1
        reply = self.story.reply(key, self.found.asked[key], turn)
        self.found.answered[key] += not (reply.error or reply.lost)
        return reply

    def answer(self, node: n.LlmNode | n.AgentNode, key: str, person: str, turn: int = 1) -> Reply | Outcome:
        """An answer, after as many attempts as the policy allows; or how it ends without one."""
        if known := self.known(node.when_unknown, person):
            return known
        failures = 0
        while True:
            reply = self.ask(key, turn)
            lost = reply.lost or reply.error == "timeout"
            if not reply.error and not lost:
                return reply
            failures += 1
            code = LOST if reply.lost else f"provider.{reply.error}"
            if lost and node.when_unknown == "ask":
                match self.decide(person, "unknown"):
                    case "approve":
                        continue
                    case "supply":
                        return SUPPLIED + person, None
                return None, REFUSED
            passing = reply.error in PASSING or (lost and node.when_unknown == "retry")
            if not passing or failures >= node.retry.max_attempts:
                return None, code

    def llm(self, node: n.LlmNode, key: str) -> Outcome:
        for number in range(1 + node.repairs):
            reply = self.answer(node, key, key, turn=1 + min(number, 1))
            if not isinstance(reply, Reply):
                return reply
            if node.output_schema is None:
                return reply.text, None
            if reply.text != UNFIT:
                return json.loads(reply.text), None
        return None, "execution.answer_unfit"

    def agent(self, node: n.AgentNode, key: str) -> Outcome:
        assert node.definition
        for number in range(1, node.definition.max_rounds + 1):
            reply = self.answer(node, key, f"{key}[{number}]", number)
            if not isinstance(reply, Reply):
                return reply
            if not reply.tools:
                return reply.text, None
            for index, (tool, arguments) in enumerate(reply.tools):
                self.use(f"{key}[{number}].{tool}_{index}", tool, arguments)
        return None, "execution.too_many_rounds"

    def tool(self, key: str, arguments: dict[str, Any]) -> Outcome:
        if self.story.is_refused(key):
            return None, TOOL_REFUSED
        return self.story.used(arguments), None

    def search(self, node: n.RetrieveNode, key: str) -> Outcome:
        if self.story.is_refused(key):
            return None, SEARCH_REFUSED
        return [passage.model_dump(mode="json") for passage in self.story.passages(key, node.top_k)], None

    def use(self, key: str, tool: str, arguments: str) -> None:
        """What fails is told to the model: it fails nothing else."""
        agreed = tool == ONCE_TOOL and self.decide(key, "tool") in ("approve", "escalate")
        given = json.loads(arguments)
        if (tool == SAFE_TOOL or agreed) and not self.story.is_refused(given["q"]):
            self.found.outputs[key] = self.story.used(given)

    def approval(self, node: n.ApprovalNode, key: str) -> Outcome:
        hurried = node.deadline_seconds <= HURRIED_SECONDS
        decision = "silence" if hurried else self.decide(key, "approval")
        if decision == "silence" and node.on_deadline == "fail":
            return None, "execution.approval_expired"
        if decision == "silence":
            return {"approved": node.on_deadline == "approve", "data": {}, "by": "deadline"}, None
        by = self.given.chief if decision == "escalate" else self.given.owner
        return {"approved": decision != "refuse", "data": {"key": key}, "by": by}, None

    def wait(self, node: n.WaitNode) -> Outcome:
        if node.event is None:
            return UNTOLD, None
        if self.story.signals[node.event] == "never":
            return None, "execution.wait_timed_out"
        return {"event": node.event}, None


UNTOLD = "<a time>"
"""The output of a step whose output the definition does not promise: a time."""
