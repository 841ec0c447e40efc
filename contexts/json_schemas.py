from typing import Any

import jsonschema


def problems(schema: dict[str, Any], value: Any) -> list[tuple[str, str]]:
    return [
        (".".join(map(str, e.path)), e.message)
        for e in jsonschema.Draft202012Validator(schema).iter_errors(value)
    ]
