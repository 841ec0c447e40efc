"""Random workflows, small ones: at most three deep. The same seed gives the same story for ever."""

from random import Random
from uuid import UUID

from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import InputSpec
from tests.support.builders import MODEL
from tests.support.workflows.drawing import Drawing, Kinds, Place
from tests.support.workflows.graphs import graph
from tests.support.workflows.nodes import DEEP, SIMPLE
from tests.support.workflows.story import DISTURBANCES, Disturbance, Story

EVERY = Kinds(SIMPLE, DEEP, MODEL)
DISTURBED = 0.4
KEY = ("{{ inputs.key }}", "inputs.key")


def story(seed: int, kinds: Kinds = EVERY) -> Story:
    random = Random(seed)
    drawing = Drawing(random, kinds, random.choice((0.0, 0.0, 0.05, 0.15)), graph, child)
    definition = workflow(drawing, Place(0, *KEY))
    return Story(
        seed=seed,
        definition=definition,
        children=dict(drawing.children),
        moods=dict(drawing.moods),
        signals=dict(drawing.signals),
        disturbance=disturbance(random),
        steady=kinds.steady,
        useless=drawing.trouble / 2,
    )


def workflow(drawing: Drawing, at: Place) -> WorkflowDefinition:
    drawn = drawing.graph(at)
    return WorkflowDefinition(
        inputs={"key": InputSpec()}, nodes=drawn.nodes, edges=drawn.edges, output=drawn.output
    )


def child(drawing: Drawing, at: Place) -> UUID:
    definition = workflow(drawing, Place(at.depth + 1, *KEY, waits=False))
    id_ = UUID(int=drawing.random.getrandbits(128), version=4)
    drawing.children[id_] = definition
    return id_


def disturbance(random: Random) -> Disturbance:
    if random.random() > DISTURBED:
        return Disturbance()
    return Disturbance(random.choice(DISTURBANCES), after=random.randint(1, 40))
