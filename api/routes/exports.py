"""An invoice's figures to take along, down to its ledger entries, with a proof file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response, StreamingResponse

from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor
from api.errors import ApiProblem
from api.exports import Format, Per, TooLarge, content, proof
from api.models.exports import ProofFile
from api.routes.invoices import READABLE, visible_invoice

router = APIRouter(tags=["invoices"], dependencies=[Depends(current_actor)])

READ = [*READABLE, caught_up("month_totals", "ledger_entries")]
MEDIA: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
EXAMPLES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"example": "kind,source_kind,…\nusage,workflow,…\n"},
            "application/json": {"example": [{"kind": "usage", "amount": "12.34"}]},
            "application/vnd.apache.parquet": {"example": "PAR1…"},
        }
    }
}
PerWhat = Annotated[Per, Query(description="A row per line, per run and model, or per ledger entry.")]
Form = Annotated[Format, Path(description="csv, json or parquet.")]


@router.get(
    "/invoices/{invoice_id}/lines.{form}",
    dependencies=READ,
    response_class=Response,
    responses=EXAMPLES,
    summary="An invoice's lines, runs or entries as a file",
)
async def export_lines(
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    invoice_id: UUID,
    form: Form,
    per: PerWhat = "line",
) -> Response:
    """Prices as the ledger has them; what a line was rounded to is its amount."""
    row = await visible_invoice(parts, actor, scope, invoice_id)
    name = f"{row.face.number if row.face else row.id}-{per}.{form}".replace("/", "-")
    try:
        body = content(parts.reads, scope, row, per, form)
        first = [await anext(body), await anext(body)]
    except TooLarge as error:
        raise ApiProblem(413, "export.too_large", str(error)) from error

    async def all_of_it() -> Any:
        for part in first:
            yield part
        async for part in body:
            yield part

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(all_of_it(), media_type=MEDIA[form], headers=headers)


@router.get(
    "/invoices/{invoice_id}/proof",
    response_model=ProofFile,
    dependencies=READ,
    summary="What proves an invoice: hashes of its files, its entries, their proofs",
)
async def export_proof(parts: Parts, actor: CurrentActor, scope: CurrentScope, invoice_id: UUID) -> ProofFile:
    row = await visible_invoice(parts, actor, scope, invoice_id)
    try:
        return ProofFile.model_validate(await proof(parts.reads, parts.proofs, scope, row))
    except TooLarge as error:
        raise ApiProblem(413, "export.too_large", str(error)) from error
