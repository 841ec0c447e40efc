from typing import Annotated

from fastapi import APIRouter, Request

from api.bodies import json_body
from api.deps import Parts
from api.models.registering import EmailBody, RegisterBody, Sent, VerifiedEmail, VerifyBody
from api.registering import verifying
from api.registering.pending import Wish
from api.registering.registering import register, send_again
from api.signing_in.sessions import PASSWORD, signed_in
from api.signing_in.unseen import Later

router = APIRouter(tags=["identity"])


@router.post("/auth/register", status_code=202, response_model=Sent, summary="Register, with a tenant")
async def register_person(parts: Parts, body: Annotated[RegisterBody, json_body(RegisterBody)]) -> Sent:
    """A letter with a code and a link is on its way. Nothing exists before the address is verified."""
    wish = Wish(email=body.email, name=body.name, company=body.company, subdomain=body.subdomain)
    await register(parts, wish, body.password.get_secret_value())
    return Sent()


@router.post("/auth/verify", response_model=VerifiedEmail, summary="Show that an address is yours")
async def verify(
    parts: Parts, request: Request, body: Annotated[VerifyBody, json_body(VerifyBody)]
) -> VerifiedEmail:
    """Makes what was registered and signs in. A code takes five tries."""
    person = await verifying.by_mail(parts, body)
    token = await signed_in(parts, request, person.user_id, PASSWORD) if person.fresh else None
    return VerifiedEmail(user_id=person.user_id, token=token)


@router.post("/auth/verify/resend", status_code=202, response_model=Sent, summary="Send the code again")
async def resend(parts: Parts, later: Later, body: Annotated[EmailBody, json_body(EmailBody)]) -> Sent:
    """Five codes an hour at most. The one before is not valid any more."""
    later.do(send_again(parts, body.email))
    return Sent()
