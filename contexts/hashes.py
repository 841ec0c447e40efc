"""One text per definition, so that equal definitions have equal hashes."""

import json
from hashlib import sha256

from schemas.base import Value


def canonical_json(value: Value) -> bytes:
    data = value.model_dump(mode="json")
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_hash(value: Value) -> str:
    return sha256(canonical_json(value)).hexdigest()
