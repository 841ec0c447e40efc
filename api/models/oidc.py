from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.bodies import Body
from api.models.common import example
from api.models.identity import TOKEN, Token
from infra.oidc.round_trip import HIGHEST_PORT, LONGEST_PATH

RedirectTo = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
Port = Annotated[
    int,
    Field(ge=1024, le=HIGHEST_PORT, description="Where a program waits on the browser's machine (RFC 8252)."),
]
URL = "https://id.example.com/authorize?client_id=…&state=…"


class ProviderItem(BaseModel):
    model_config = example(name="google", label="Google")

    name: str
    label: str


class ProviderList(BaseModel):
    model_config = example(items=[{"name": "google", "label": "Google"}])

    items: list[ProviderItem]


class Departing(BaseModel):
    """Where the browser goes now. It must be the one that has the cookie of this answer."""

    model_config = example(url=URL)

    url: str


class ProviderLinkBody(Body):
    """`redirect_to`: a page of this site. `mode`: `api` when a program is to be answered, not the console.
    `port`: the same, for one that waits there.
    """

    model_config = example(redirect_to="/account", mode="browser")

    redirect_to: RedirectTo = "/"
    mode: Literal["browser", "api"] = "browser"
    port: Port | None = None


class Arrived(BaseModel):
    """For `mode=api`: tokens, or the provider that was linked."""

    model_config = example(token=TOKEN, linked=None)

    token: Token | None = None
    linked: str | None = None
