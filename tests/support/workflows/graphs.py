"""Random graphs: chains, forks with joins, branches. Each node comes after some that were drawn before."""

from schemas.authoring.nodes import BranchNode, Case, TemplateNode
from schemas.authoring.parts import Edge
from tests.support.workflows import nodes
from tests.support.workflows.drawing import Drawing, Drawn, Place


def graph(drawing: Drawing, at: Place, first: str | None = None) -> Drawn:
    """`first`: a step all others come after, drawn already."""
    drawn = Drawn()
    shown: list[str] = []
    for _ in range(drawing.random.randint(2, 5) if at.depth == 0 else drawing.random.randint(1, 2)):
        if drawing.full and shown:
            break
        if drawing.chance(0.2):
            shown.append(branched(drawing, drawn, at, first))
        else:
            shown.append(one(drawing, drawn, at, parents(drawing, shown, first)))
    last = joined(drawing, drawn, shown)
    drawn.output = (
        f"{{{{ steps.{last}.output }}}}" if drawing.chance(0.5) else f"<{{{{ steps.{last}.output }}}}>"
    )
    return drawn


def parents(drawing: Drawing, shown: list[str], first: str | None) -> list[str]:
    if not shown:
        return [first] if first else []
    if drawing.chance(0.25):
        return [first] if first else []
    return drawing.random.sample(shown, k=min(len(shown), drawing.random.randint(1, 2)))


def one(drawing: Drawing, drawn: Drawn, at: Place, after: list[str]) -> str:
    node = nodes.any_node(drawing, at)
    drawn.nodes.append(node)
    drawn.edges += [Edge(source=parent, target=node.id) for parent in after]
    return node.id


def branched(drawing: Drawing, drawn: Drawn, at: Place, first: str | None) -> str:
    """A branch, a way for each of its cases, and a join that shows both."""
    name = drawing.name()
    even = Case(name="even", when=f"size({at.key_expression}) % 2 == 0")
    drawn.nodes.append(BranchNode(type="branch", id=name, cases=(even,), otherwise="odd"))
    drawn.edges += [Edge(source=first, target=name)] if first else []
    ways = [one(drawing, drawn, at, []) for _ in range(2)]
    drawn.edges += [
        Edge(source=name, target=way, case=case) for way, case in zip(ways, ("even", "odd"), strict=True)
    ]
    return joined(drawing, drawn, ways)


def joined(drawing: Drawing, drawn: Drawn, ends: list[str]) -> str:
    name = drawing.name()
    said = "|".join(f"{{{{ steps.{end}.output }}}}" for end in ends if end not in untellable(drawn))
    drawn.nodes.append(TemplateNode(type="template", id=name, template=f"({said})"))
    drawn.edges += [Edge(source=end, target=name) for end in ends]
    return name


def untellable(drawn: Drawn) -> set[str]:
    """Steps whose output is the time of day."""
    return {node.id for node in drawn.nodes if node.type == "wait" and node.event is None}
