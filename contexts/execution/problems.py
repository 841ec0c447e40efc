"""Why a step cannot go on, as an exception of planning: it becomes the step's failure."""

import json
from typing import Any

from contexts.execution.run import Known
from contexts.expressions import ExpressionError, evaluate
from contexts.templates import TemplateError, fill, render
from schemas.execution.types import StepError

MAX_OUTPUT_BYTES = 1024 * 1024


class StepProblem(Exception):
    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.error = StepError(code=code, message=message, **more)


def text(template: str, values: Known) -> str:
    try:
        return render(template, values.for_templates())
    except TemplateError as error:
        raise StepProblem("execution.template_failed", str(error)) from error


def filled(template: Any, values: Known) -> Any:
    try:
        return fill(template, values.for_templates())
    except TemplateError as error:
        raise StepProblem("execution.template_failed", str(error)) from error


def value_of(expression: str, values: Known, **more: Any) -> Any:
    """`more`: names beside those of the scope, such as `output`."""
    try:
        return evaluate(expression, {**values.for_expressions(), **more})
    except ExpressionError as error:
        raise StepProblem("execution.expression_failed", str(error)) from error


def truth_of(expression: str, values: Known, **more: Any) -> bool:
    value = value_of(expression, values, **more)
    if not isinstance(value, bool):
        raise StepProblem(
            "execution.not_a_truth", f"{expression!r} gave {type(value).__name__}, not true or false"
        )
    return value


def bounded(output: Any) -> Any:
    size = len(json.dumps(output, ensure_ascii=False))
    if size > MAX_OUTPUT_BYTES:
        raise StepProblem(
            "execution.output_too_large", f"{size} characters of output; {MAX_OUTPUT_BYTES} are allowed"
        )
    return output
