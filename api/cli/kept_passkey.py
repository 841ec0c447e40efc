"""This machine's passkey: a file of the data folder, as an SSH key is one. Its owner alone reads it, it has a
passphrase: by that it knows them.
"""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import BaseModel, ConfigDict, ValidationError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from api.cli.authenticator import Authenticator
from api.cli.errors import Refused
from infra.embedded import owner_only

NAME = "passkey.json"


class Passkey(BaseModel):
    """`url`: the only platform it answers, whoever asks. `count`: how often it has signed."""

    model_config = ConfigDict(frozen=True)

    url: str
    id: str
    user: str
    count: int
    key: str


class KeptPasskey:
    """Beside the kept login."""

    def __init__(self, login: Path) -> None:
        self.file = login.with_name(NAME)

    def read(self) -> Passkey | None:
        try:
            return Passkey.model_validate_json(self.file.read_text())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise Refused(f"{self.file} is no passkey.", "Delete it, then hb passkeys add.") from error

    def keep(self, passkey: Passkey) -> None:
        owner_only.write(self.file, passkey.model_dump_json())

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)

    def answer(self, url: str, begun: dict[str, Any], passphrase: str) -> dict[str, Any]:
        """To a challenge of the platform it was made at. The count is kept first: it must not come twice."""
        passkey, options = self.read(), begun["public_key"]
        if passkey is None or passkey.url != url:
            raise Refused(f"this machine has no passkey for {url}.", "hb login, then hb passkeys add.")
        allowed = [one["id"] for one in options["allowCredentials"]]
        if allowed and passkey.id not in allowed:
            raise Refused("this machine's passkey is not one of yours.", "hb passkeys list")
        device = opened(passkey, begun["origin"], passphrase)
        answer = device.get(options)
        self.keep(passkey.model_copy(update={"count": device.count}))
        return answer


def made(url: str, device: Authenticator, passphrase: str) -> Passkey:
    """Of the only key the device has."""
    [(id_, (key, user))] = device.keys.items()
    sealed = BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed).decode()
    name, owner = bytes_to_base64url(id_), bytes_to_base64url(user)
    return Passkey(url=url, id=name, user=owner, count=device.count, key=pem)


def opened(passkey: Passkey, origin: str, passphrase: str) -> Authenticator:
    try:
        key = load_pem_private_key(passkey.key.encode(), passphrase.encode())
    except (TypeError, ValueError) as error:
        raise Refused("that is not the passkey's passphrase.", "Try again.") from error
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    keys = {base64url_to_bytes(passkey.id): (key, base64url_to_bytes(passkey.user))}
    return Authenticator(origin, count=passkey.count, keys=keys)
