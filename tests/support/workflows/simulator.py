"""Interprets a definition as its schema's words say, given what providers and people do in a story.

It knows nothing of the engine: no events, attempts or times. Work beside a failed step is done to its end
here, so that every failure that may come first is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contexts.expressions import evaluate
from contexts.templates import Values, fill, render
from schemas.authoring import nodes as n
from schemas.authoring.definition import WorkflowDefinition
from tests.support.workflows import acting
from tests.support.workflows.expected import Expected, Given
from tests.support.workflows.story import Story

SAME = Given()


class Broken(Exception):
    """A step or a graph failed, with one of these codes."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = frozenset(codes)


@dataclass(frozen=True)
class Scope:
    """What is known at some place: where it is, and what may be referred to."""

    key: str
    inputs: Mapping[str, Any]
    steps: Mapping[str, Any] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)

    def knowing(self, steps: Mapping[str, Any]) -> "Scope":
        return Scope(self.key, self.inputs, {**self.steps, **steps}, self.local)

    def inside(self, node: str, index: int, **local: Any) -> "Scope":
        key = f"{self.key}{node}[{index}]."
        return Scope(key, self.inputs, self.steps, {**self.local, "index": index, **local})

    def filled(self, template: Any) -> Any:
        return fill(template, Values(self.inputs, self.steps, self.local))

    def text(self, template: str) -> str:
        return render(template, Values(self.inputs, self.steps, self.local))

    def value(self, expression: str, **more: Any) -> Any:
        steps = {name: {"output": output} for name, output in self.steps.items()}
        return evaluate(expression, {"inputs": self.inputs, "steps": steps, **self.local, **more})


def expected(story: Story, key: str, given: Given = SAME) -> Expected:
    found = Expected()
    try:
        found.output = Simulation(story, found, given).workflow(story.definition, {"key": key})
    except Broken as broken:
        found.errors = broken.codes
    return found


class Simulation:
    def __init__(self, story: Story, found: Expected, given: Given) -> None:
        self.story, self.found = story, found
        self.actors = acting.Actors(story, found, given)

    def workflow(self, definition: WorkflowDefinition, inputs: Mapping[str, Any]) -> Any:
        scope = Scope(inputs["key"], inputs)
        return scope.knowing(self.graph(definition, scope)).filled(definition.output)

    def graph(self, graph: n.Graph, scope: Scope) -> dict[str, Any]:
        """Outputs by node, null for skipped ones; raises when a node failed."""
        ended: dict[str, Any] = {}
        live: set[str] = set()
        broken: set[str] = set()
        waiting = list(graph.nodes)
        while ready := [node for node in waiting if is_ready(graph, node, ended)]:
            for node in ready:
                waiting.remove(node)
                try:
                    if reached(graph, node, ended, live):
                        ended[node.id] = self.step(node, scope.knowing(ended))
                        live.add(node.id)
                        self.found.outputs[scope.key + node.id] = ended[node.id]
                    else:
                        ended[node.id] = None
                        self.found.skipped.add(scope.key + node.id)
                except Broken as failure:
                    broken |= failure.codes
        if broken:
            self.found.uncertain.append(scope.key)
            raise Broken(*broken)
        return ended

    def step(self, node: n.Node, scope: Scope) -> Any:
        match node:
            case n.TemplateNode():
                return scope.text(node.template)
            case n.TransformNode():
                return scope.value(node.expression)
            case n.BranchNode():
                return next((case.name for case in node.cases if scope.value(case.when)), node.otherwise)
            case n.NoopNode():
                return None
            case n.MapNode():
                return self.map_(node, scope)
            case n.LoopNode():
                return self.loop(node, scope)
            case n.SubworkflowNode():
                return self.subworkflow(node, scope)
        arguments = scope.filled(node.arguments) if isinstance(node, n.ToolNode) else {}
        output, code = self.actors.act(node, scope.key + node.id, arguments)
        if code:
            raise Broken(code)
        return output

    def map_(self, node: n.MapNode, scope: Scope) -> Any:
        items = scope.value(node.items)
        results = list(self.results(node, scope, items))
        failures = [result for result in results if isinstance(result, Broken)]
        if len(failures) > node.max_failures:
            raise Broken(*(code for failure in failures for code in failure.codes))
        if node.reduce is None:
            return [None if isinstance(result, Broken) else result for result in results]
        total = scope.filled(node.reduce.initial)
        for result in results:
            if not isinstance(result, Broken):
                total = scope.value(node.reduce.expression, total=total, item=result)
        return total

    def results(self, node: n.MapNode, scope: Scope, items: list[Any]) -> Iterator[Any]:
        for index, item in enumerate(items):
            try:
                yield self.body(node.body, scope.inside(node.id, index, item=item))
            except Broken as failure:
                yield failure

    def body(self, body: n.Body, inside: Scope) -> Any:
        return inside.knowing(self.graph(body, inside)).filled(body.output)

    def loop(self, node: n.LoopNode, scope: Scope) -> Any:
        output = scope.filled(node.initial)
        for index in range(node.max_iterations):
            inside = scope.inside(node.id, index, previous=output)
            outputs = self.graph(node.body, inside)
            output = inside.knowing(outputs).filled(node.body.output)
            if inside.knowing(outputs).value(node.until, output=output):
                return output
        if node.on_limit == "fail":
            raise Broken("execution.too_many_iterations")
        return output

    def subworkflow(self, node: n.SubworkflowNode, scope: Scope) -> Any:
        definition = self.story.children[node.workflow_id]
        try:
            return self.workflow(definition, scope.filled(node.inputs))
        except Broken as failure:
            raise Broken("execution.subworkflow_failed") from failure


def is_ready(graph: n.Graph, node: n.Node, ended: Mapping[str, Any]) -> bool:
    return all(edge.source in ended for edge in graph.incoming[node.id])


def reached(graph: n.Graph, node: n.Node, ended: Mapping[str, Any], live: set[str]) -> bool:
    edges = graph.incoming[node.id]
    chosen = (edge for edge in edges if edge.case is None or edge.case == ended[edge.source])
    return not edges or any(edge.source in live for edge in chosen)
