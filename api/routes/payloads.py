from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.deps import CurrentScope, Parts, current_actor, may
from api.errors import not_found
from schemas.access import Permission

router = APIRouter(tags=["execution"], dependencies=[Depends(current_actor)])
MEDIA_TYPES = {"j": "application/json", "t": "text/plain"}
CONTENT = {"application/json": {"example": {"rows": [1, 2, 3]}}, "text/plain": {"example": "The sea keeps …"}}


@router.get(
    "/payloads/{payload_hash}",
    dependencies=[may(Permission.EXECUTIONS_READ)],
    response_class=Response,
    responses={200: {"content": CONTENT}},
    summary="A large value, whole",
)
async def get_payload(parts: Parts, scope: CurrentScope, payload_hash: str) -> Response:
    """What `{"$payload": {…}}` stands for. Kept as long as the operator keeps the month it was made in."""
    found = await parts.reads.payload(scope, payload_hash)
    if found is None:
        raise not_found("payload.not_found", "payload")
    return Response(found.content, media_type=MEDIA_TYPES[found.kind])
