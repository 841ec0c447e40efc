#!/usr/bin/env python3
"""Verifies an export of a HireBuddha ledger, on any machine, with nothing but Python 3.10 or newer.

    python verify_ledger.py EXPORT [--key KEY]... [--witness KEY]... [--earlier EXPORT]

Every entry is hashed, proved to be in the tree of the signed checkpoint, and added up. `--key` is a public
key of the ledger, got from elsewhere than the export; one of those given must have signed. `--witness` is a
witness's; all of those given must have cosigned. `--earlier` is an older export: the ledger must begin with
what that one signed. It says OK or WRONG, and the exit code is 0 only for OK. An export is lines of JSON: a
manifest, then entries. With H = SHA-256, an entry's leaf is

    H(0 | 1 | head | c1 | c2 | c3),    c = H(salt | text) of an open view, the given hash of a closed one
"""

import argparse
import base64
import hashlib
import json
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

VIEWS = ("tenant", "partner", "platform")
AMOUNTS = ("price", "commission", "cost")
Keys = list[str] | None
LEDGER, WITNESS = b"\x01", b"\x04"
ENTRIES = {"call", "adjustment_id", "reversal_id"}
"""What has one of these moves money; a month's totals and an invoice say again what entries came to."""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


class Wrong(Exception):
    """What does not hold, and where."""


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519, RFC 8032.
def add(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, p: Any) -> Any:
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, p)
        p, n = add(p, p), n >> 1
    return total


def point(raw: bytes) -> Any:
    y = int.from_bytes(raw, "little")
    odd, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (not x and odd):
        raise Wrong("the key or the signature is no point of the curve")
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % ORDER
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    one, other = times(s, base), add(point(r), times(h, point(public)))
    return s < ORDER and all((one[i] * other[2] - other[i] * one[2]) % P == 0 for i in (0, 1))


# The Merkle tree, RFC 6962: proofs are read from the bottom up.
def root_from(leaf: bytes, seq: int, size: int, proof: list[bytes]) -> bytes:
    path, low, high = [], 0, size
    while high - low > 1:
        path.append(left := seq < (cut := low + (1 << (high - low - 1).bit_length() - 1)))
        low, high = (low, cut) if left else (cut, high)
    if len(path) != len(proof):
        raise Wrong("its proof has the wrong length")
    for left, sibling in zip(reversed(path), proof, strict=True):
        leaf = sha256(b"\x01", leaf, sibling) if left else sha256(b"\x01", sibling, leaf)
    return leaf


def begins_with(old: int, old_root: bytes, size: int, root: bytes, proof: list[bytes]) -> bool:
    """Whether the tree of `size` leaves has that of `old` as its beginning."""
    if not 0 < old < size:
        return old == 0 or (old == size and old_root == root)
    path, low, high = [], 0, size
    while old < high:
        path.append(left := old <= (cut := low + (1 << (high - low - 1).bit_length() - 1)))
        low, high = (low, cut) if left else (cut, high)
    seed, rest = (proof[:1], proof[1:]) if low else ([old_root], proof)
    if not seed or len(rest) != len(path):
        return False
    before = after = seed[0]
    for left, sibling in zip(reversed(path), rest, strict=True):
        before = before if left else sha256(b"\x01", sibling, before)
        after = sha256(b"\x01", after, sibling) if left else sha256(b"\x01", sibling, after)
    return (before, after) == (old_root, root)


def signs(key: str, kind: bytes, note: str) -> bool:
    """Whether a line of the note is the key's. A witness signs the time as well."""
    (name, _, encoded), (body, _, lines) = key.split("+", 2), note.partition("\n\n")
    public = base64.b64decode(encoded)
    for line in lines.splitlines():
        _, who, mark = (line + "  ").split(" ")[:3]
        raw = base64.b64decode(mark)
        time = f"cosignature/v1\ntime {int.from_bytes(raw[4:12], 'big')}\n" if kind == WITNESS else ""
        ours = public[:1] == kind and who == name and raw[:4] == sha256(name.encode(), b"\n", public)[:4]
        if ours and signed(public[1:], f"{time}{body}\n".encode(), raw[12:] if time else raw[4:]):
            return True
    return False


def opened(note: str, *keys: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that one of the ledger's keys signed."""
    origin, size, root = note.split("\n")[:3]
    if not any(key.startswith(f"{origin}+") and signs(key, LEDGER, note) for key in keys):
        raise Wrong("the checkpoint is not signed by the key")
    return int(size), base64.b64decode(root)


def committed(view: dict[str, str]) -> bytes:
    if "text" in view:
        return sha256(bytes.fromhex(view["salt"]), view["text"].encode())
    return bytes.fromhex(view["hash"])


def check_entry(entry: dict[str, Any], size: int, root: bytes) -> dict[str, Decimal]:
    """The amounts that are open in it."""
    head = base64.b64decode(entry["head"])
    leaf = sha256(b"\x00\x01", head, *(committed(entry[name]) for name in VIEWS))
    if not 0 <= entry["seq"] < size:
        raise Wrong("it is not in the checkpoint")
    if root_from(leaf, entry["seq"], size, [bytes.fromhex(one) for one in entry["proof"]]) != root:
        raise Wrong("it is not what was sealed")
    said = dict(one for name in VIEWS for one in json.loads(entry[name].get("text", "{}")).items())
    return {name: Decimal(said[name]) for name in AMOUNTS if name in said and ENTRIES & said.keys()}


def lines_of(export: str) -> list[str]:
    return Path(export).read_text("utf-8").rstrip("\n").split("\n")


def check(export: str, key: Keys, earlier: str | None, witness: Keys = None) -> tuple[int, int, Counter[str]]:
    first, *lines = lines_of(export)
    manifest = json.loads(first)
    size, root = opened(manifest["checkpoint"], *(key or [manifest["key"]]))
    for one in witness or []:
        if not signs(one, WITNESS, manifest["checkpoint"]):
            raise Wrong(f"the checkpoint is not cosigned by {one.partition('+')[0]}")
    if earlier:
        before = json.loads(lines_of(earlier)[0])
        named = [one["key"] for one in manifest.get("keys", [manifest])]
        old, old_root = opened(before["checkpoint"], *(key or named))
        proof = [bytes.fromhex(one) for one in manifest["consistency"].get(str(old), [])]
        if not begins_with(old, old_root, size, root, proof):
            raise Wrong("the ledger does not begin with what was signed before")
    sums, seen = Counter[str](), -1
    for entry in map(json.loads, lines):
        try:
            if entry["seq"] <= seen:
                raise Wrong("it is out of order")
            sums.update(check_entry(entry, size, root))
            seen = entry["seq"]
        except (Wrong, ValueError, KeyError, ArithmeticError) as error:
            raise Wrong(f"entry {entry.get('seq')}: {error}") from error
    if len(lines) != manifest["entries"]:
        raise Wrong(f"{manifest['entries']} entries were exported, {len(lines)} are here")
    return len(lines), size, sums


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Verifies an export of a ledger.")
    parser.add_argument("export")
    parser.add_argument("--key", action="append")
    parser.add_argument("--witness", action="append")
    parser.add_argument("--earlier")
    try:
        count, of, totals = check(**vars(parser.parse_args()))
    except (Wrong, ValueError, KeyError, OSError) as error:
        sys.exit(f"WRONG {error or type(error).__name__}")
    shown = (f"{name}={totals[name]:f}" for name in AMOUNTS if name in totals)
    print("OK", count, "of", of, "entries", *shown)
