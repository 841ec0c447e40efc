"""The API's page for people: one file of our own, because there may be no internet to load one from."""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import HTMLResponse

PAGE = Path(__file__).parent / "docs.html"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(PAGE.read_text(), headers={"Content-Security-Policy": POLICY})
