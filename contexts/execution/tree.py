"""Finding and replacing steps in the tree of scopes. What is not there, or not open any more, is None."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import UnionType
from typing import TypeVar

from contexts.execution.paths import ROOT, Inside, Place, Scope, within
from contexts.execution.state import (
    Container,
    Conversing,
    Execution,
    Inner,
    Leaf,
    Looped,
    Mapped,
    Step,
    Steps,
)

S = TypeVar("S", Execution, Inner)


def inner_of(step: Step | None, index: int) -> Inner | None:
    match step:
        case Mapped():
            return step.open.get(index)
        case Looped() | Conversing():
            return step.inner if step.inner and step.inner.index == index else None
    return None


def scope_at(execution: Execution, scope: Scope) -> Execution | Inner | None:
    found: Execution | Inner | None = execution
    for name, index in scope:
        found = inner_of(found.steps.get(name), index) if found else None
    return found


def step_at(execution: Execution, place: Place) -> Step | None:
    scope = scope_at(execution, place.scope)
    if scope is None:
        return None
    if place.name is None:
        return scope.call if isinstance(scope, Inner) else None
    return scope.steps.get(place.name)


def with_step(execution: Execution, place: Place, step: Step | Leaf) -> Execution:
    return placed(execution, place.scope, place.name, step)


def placed(holder: S, scope: Scope, name: str | None, step: Step | Leaf) -> S:
    if not scope:
        return with_own(holder, name, step)
    (outer, index), *rest = scope
    container = holder.steps.get(outer)
    inner = inner_of(container, index)
    if inner is None or not isinstance(container, Container):
        return holder
    return named(holder, outer, with_inner(container, placed(inner, tuple(rest), name, step)))


def with_own(holder: S, name: str | None, step: Step | Leaf) -> S:
    if name is None:
        assert isinstance(holder, Inner) and not isinstance(step, Container)
        return replace(holder, call=step)
    return named(holder, name, step)


def named(holder: S, name: str, step: Step) -> S:
    steps: Steps = {**holder.steps, name: step}
    return holder._replace(steps=steps) if isinstance(holder, Execution) else replace(holder, steps=steps)


def with_inner(container: Container, inner: Inner) -> Container:
    if isinstance(container, Mapped):
        return replace(container, open={**container.open, inner.index: inner})
    return replace(container, inner=inner)


def inners(step: Step) -> tuple[Inner, ...]:
    match step:
        case Mapped():
            return tuple(step.open.values())
        case Looped() | Conversing():
            return (step.inner,) if step.inner else ()
    return ()


def scopes(steps: Steps, at: Scope = ROOT) -> Iterator[Scope]:
    """Every open scope, the outer before what is in them."""
    yield at
    for name, step in steps.items():
        for inner in inners(step):
            yield from scopes(inner.steps, (*at, Inside(name, inner.index)))


def leaves(steps: Mapping[str, Step], at: Scope = ROOT) -> Iterator[tuple[Place, Leaf]]:
    """Every step without insides, wherever it is."""
    for name, step in steps.items():
        place = Place(at, name)
        if not isinstance(step, Container):
            yield place, step
        for inner in inners(step):
            inside = within(place, inner.index)
            if inner.call:
                yield Place(inside, None), inner.call
            yield from leaves(inner.steps, inside)


def leaves_of(inner: Inner) -> Iterator[Leaf]:
    if inner.call:
        yield inner.call
    yield from (leaf for _, leaf in leaves(inner.steps))


def leaves_in(step: Step | Leaf | None) -> Iterator[Leaf]:
    """All that is inside a step; of one without insides: nothing."""
    for inner in inners(step) if isinstance(step, Container) else ():
        yield from leaves_of(inner)


def places(steps: Steps, kind: type[Step] | UnionType, at: Scope = ROOT) -> Iterator[Place]:
    """Where there are steps of that kind, the outer before what is in them."""
    for name, step in steps.items():
        place = Place(at, name)
        if isinstance(step, kind):
            yield place
        for inner in inners(step):
            yield from places(inner.steps, kind, within(place, inner.index))
