from pydantic import BaseModel

from api.models.common import example
from schemas.access import Permission, Role


class Explained(BaseModel):
    """`because`: what speaks for it, or what speaks against it. `roles`: which roles allow it."""

    model_config = example(
        permission="keys:manage",
        allowed=False,
        because=["the role tenant_builder does not include keys:manage"],
        roles=["platform_admin", "partner_admin", "tenant_owner", "tenant_admin"],
    )

    permission: Permission
    allowed: bool
    because: list[str]
    roles: list[Role]
