"""Hashes of secrets that cannot be guessed: what is looked up by one never lies in the vault."""

from hashlib import sha256


def hashed(secret: str) -> bytes:
    return sha256(secret.encode(errors="surrogatepass")).digest()
