"""Refusals of a value with a code of ours."""

from pydantic_core import PydanticCustomError


def coded(code: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{message}", {"message": message})
