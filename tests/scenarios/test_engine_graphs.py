"""Branches, maps and loops: what is done, what is not, and what comes out."""

from schemas.authoring import nodes as n
from schemas.execution import events as e
from tests.support.builders import MODEL, llm, noop, text, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import body, branch, each, loop, transform, way
from tests.support.story import RUN, ends

JOINED = workflow(
    branch("size", small="1 < 2"),
    text("left", "left"),
    noop("right"),
    text("after_right", "never"),
    text("join", "{{ steps.left.output }}|{{ steps.after_right.output }}"),
    output="{{ steps.join.output }}",
).model_copy(
    update={
        "edges": (
            way("size", "left", "small"),
            way("size", "right", "otherwise"),
            *workflow(edges=[("right", "after_right"), ("left", "join"), ("after_right", "join")]).edges,
        )
    }
)
WORKERS = "effects-execution"
BROKEN_SECOND = 'item == "b" ? [][1] : item + "!"'


def test_a_way_not_chosen_is_skipped_and_the_join_goes_on(engine: Engine) -> None:
    engine.begin(JOINED)
    assert engine.output() == "left|"
    assert [event.node for event in engine.all(e.StepSkipped)] == ["right", "after_right"]


def test_some_items_may_fail_and_the_others_are_folded_in_order(engine: Engine) -> None:
    shout = body(transform("shout", BROKEN_SECOND), output="{{ steps.shout.output }}")
    fold = n.Reduce(initial="", expression="total + item")
    items = each("each", '["a", "b", "c"]', shout, max_failures=1, reduce=fold)
    engine.begin(workflow(items, output="{{ steps.each.output }}"))
    assert engine.output() == "a!c!"
    assert [event.index for event in engine.all(e.ItemFailed)] == [1]


def test_without_a_fold_a_failed_item_is_null(engine: Engine) -> None:
    shout = body(transform("shout", BROKEN_SECOND), output="{{ steps.shout.output }}")
    engine.begin(
        workflow(each("each", '["a", "b"]', shout, max_failures=1), output="{{ steps.each.output }}")
    )
    assert engine.output() == ["a!", None]


def test_one_failure_more_than_allowed_fails_the_map(engine: Engine) -> None:
    shout = body(transform("shout", BROKEN_SECOND), output="{{ steps.shout.output }}")
    engine.begin(workflow(each("each", '["b", "b", "a"]', shout, max_failures=1)))
    assert engine.failure() == "execution.expression_failed"


def test_a_failing_fold_fails_the_map_however_its_items_end() -> None:
    asked = body(llm("say", prompt="{{ item }}"), output="{{ steps.say.output }}")
    fold = n.Reduce(initial=0, expression="total + item")
    for seed in range(6):
        engine = Engine(seed)
        engine.begin(workflow(each("each", '["a", "b", "c"]', asked, max_failures=2, reduce=fold)))
        assert engine.failure() == "execution.expression_failed"
        assert engine.all(e.ItemFailed) == []


def test_a_thousand_items_never_more_than_sixteen_at_once(engine: Engine) -> None:
    wide = each("each", "inputs.many", body(noop("work"), output="{{ index }}"), max_concurrency=16)
    definition = workflow(wide, output="{{ steps.each.output }}")
    many = definition.model_validate({**definition.model_dump(), "inputs": {"many": {"type": "array"}}})
    engine.begin(many, inputs={"many": list(range(1_000))})
    assert engine.output() == list(range(1_000))
    assert most_at_once(engine) == 16


def most_at_once(engine: Engine) -> int:
    open_, most = 0, 0
    for event in engine.events(RUN):
        open_ += isinstance(event, e.ItemBegun) - isinstance(event, e.ItemSucceeded)
        most = max(most, open_)
    return most


def test_a_map_in_a_map_sees_both_items(engine: Engine) -> None:
    inner = each(
        "inner",
        "[1, 2]",
        body(text("one", "{{ steps.outer.output }}{{ item }}"), output="{{ steps.one.output }}"),
    )
    outside = body(
        text("outer", "{{ item }}"), inner, edges=(("outer", "inner"),), output="{{ steps.inner.output }}"
    )
    engine.begin(workflow(each("each", '["a", "b"]', outside), output="{{ steps.each.output }}"))
    assert engine.output() == [["a1", "a2"], ["b1", "b2"]]


def test_a_loop_ends_when_its_condition_holds(engine: Engine) -> None:
    longer = body(text("add", "{{ previous }}x"), output="{{ steps.add.output }}")
    engine.begin(
        workflow(loop("grow", longer, "size(output) == 3", initial=""), output="{{ steps.grow.output }}")
    )
    assert engine.output() == "xxx"
    assert [event.index for event in engine.all(e.ItemBegun)] == [0, 1, 2]


def test_a_loop_at_its_limit_fails_or_goes_on_as_it_says(engine: Engine) -> None:
    longer = body(text("add", "{{ previous }}x"), output="{{ steps.add.output }}")
    limited = loop("grow", longer, "false", initial="", max_iterations=2)
    engine.begin(workflow(limited, output="{{ steps.grow.output }}"))
    assert engine.failure() == "execution.too_many_iterations"
    patient = Engine()
    patient.begin(
        workflow(limited.model_copy(update={"on_limit": "succeed"}), output="{{ steps.grow.output }}")
    )
    assert patient.output() == "xx"


def test_an_object_has_its_keys_in_one_order(engine: Engine) -> None:
    keys = ["b", "a", "c", "e", "d"]
    expression = "{" + ", ".join(f"'{key}': 1" for key in keys) + "}"
    said = body(
        transform("made", expression),
        text("said", "{{ steps.made.output }}"),
        edges=(("made", "said"),),
        output="{{ steps.said.output }}",
    )
    engine.begin(workflow(each("each", str(list(range(20))), said), output="{{ steps.each.output }}"))
    assert len(set(engine.output())) == 1


def test_what_is_beside_a_failed_item_is_not_paid_for_again(engine: Engine) -> None:
    engine.chat.script("local/smollm2", Behaviour(status=401), Behaviour(text="fine"))
    said = body(llm("say"), output="{{ steps.say.output }}")
    engine.begin(workflow(each("each", "[1, 2]", said, max_failures=1), output="{{ steps.each.output }}"))
    assert engine.output() == [None, "fine"]
    assert len(engine.chat.calls) == 2


def failed_beside_a_call(engine: Engine, **rules: int) -> None:
    """One of an item's two calls is refused; no worker has come to the other one yet."""
    engine.chat.script(MODEL, Behaviour(status=401), Behaviour(text="late"))
    engine.down.add(WORKERS)
    pair = body(llm("one"), llm("two"))
    engine.begin(workflow(each("each", "[1]", pair, **rules), output="{{ steps.each.output }}"))
    engine.down.clear()
    engine.step()
    engine.down.add(WORKERS)
    engine.run()
    assert engine.held > 0
    engine.down.clear()


def test_a_call_in_an_item_that_failed_is_broken_off_and_costs_nothing(engine: Engine) -> None:
    failed_beside_a_call(engine, max_failures=1)
    [failed] = engine.all(e.ItemFailed)
    [call] = failed.open_calls
    before = engine.events(RUN)
    engine.ends.ended(call.key)
    engine.run()
    assert len(engine.chat.calls) == 1
    assert engine.output() == [None] and engine.events(RUN) == before
    assert engine.held == 0
    assert ends(engine) == [(1, "call_released"), (1, "call_released"), (1, "call_unknown")]


def test_an_answer_into_an_item_that_failed_is_paid_and_changes_nothing(engine: Engine) -> None:
    failed_beside_a_call(engine, max_failures=1)
    before = engine.events(RUN)
    engine.run()
    assert engine.events(RUN) == before
    assert engine.held == 0
    assert ends(engine) == [(1, "call_released"), (1, "call_settled"), (1, "call_unknown")]


def test_calls_of_other_items_of_a_map_that_failed_become_unknown_at_once(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(status=401), Behaviour(text="late"))
    engine.down.add(WORKERS)
    engine.begin(workflow(each("each", "[1, 2]", body(llm("one")))))
    engine.down.clear()
    engine.step()
    engine.down.add(WORKERS)
    engine.run()
    assert engine.failure() == "provider.unauthorized"
    [failed] = [step for step in engine.all(e.StepFailed) if step.node == "each"]
    assert [call.node for call in failed.open_calls] == ["each[1].one"]
    assert ends(engine) == [(1, "call_released"), (1, "call_unknown")]
