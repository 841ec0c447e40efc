"""`hb keys`."""

import time

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out
from api.main import KEY_RING
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import RELOAD_SECONDS, KeyRing, TooEarly, rotate, start_over
from infra.crypto.master_key import master_key
from infra.crypto.secrets import SecretBox
from infra.settings import Settings


def rotate_tokens(settings: Settings, leaked: bool) -> None:
    store = PostgresKeyStore(find(settings).database_url)
    box = SecretBox([master_key(settings)], KEY_RING)
    ring = start_over(store, box, time.time()) if leaked else rotated(settings, store, box)
    after = "all tokens are void; sessions get new ones" if leaked else "tokens of the old key stay good"
    out.print(f"{TICK} key [name]{ring.current.kid}[/] signs access tokens from now on")
    out.print(f"  [quiet]every process knows within {RELOAD_SECONDS} seconds; {after}[/]")


def rotated(settings: Settings, store: PostgresKeyStore, box: SecretBox) -> KeyRing:
    try:
        return rotate(store, box, time.time(), settings.access_token_minutes * 60)
    except TooEarly as error:
        minutes = int(error.seconds // 60) + 1
        hint = f"Verifiers must have seen it, and old tokens be over: try again in {minutes} minutes."
        raise Refused("The next key is not known well enough yet.", hint) from error
