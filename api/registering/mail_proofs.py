"""What was sent to an address is shown: then whose address it is."""

from api.errors import ApiProblem
from api.models.mail_proofs import MailProof
from api.parts import Deps


async def address_shown(deps: Deps, purpose: str, proof: MailProof) -> str:
    """Its index. A code takes five tries; a link is not guessed."""
    index = await shown(deps, purpose, proof)
    if index is None:
        raise bad_code()
    return index


async def shown(deps: Deps, purpose: str, proof: MailProof) -> str | None:
    if proof.link is not None:
        return await deps.vault.codes.use_link(purpose, proof.link)
    index = deps.people.index(proof.email or "")
    return index if await deps.vault.codes.use_code(purpose, index, proof.code or "") else None


def bad_code() -> ApiProblem:
    """Wrong, used, too old, guessed at too often, or for something else: all the same."""
    return ApiProblem(400, "auth.bad_code", "The code or link is not valid any more. Ask for a new one.")
