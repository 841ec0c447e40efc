"""Who is in a story: a partner's admin, a tenant's owner. Names carry `run`, so that it can be told again."""

from dataclasses import dataclass

from api.cli.seeds import new_password
from api.cli.telling.client import Person

Login = dict[str, str]


@dataclass(frozen=True)
class Cast:
    run: str

    async def partner(self, admin: Person, name: str, markup: str, commission: str) -> tuple[str, Person]:
        person = self.new("rita", "Rita")
        terms = {"markup_percent": markup, "commission_percent": commission}
        body = {"name": f"{name} {self.run}", "terms": terms, "admin": person}
        partner_id = (await admin.post("/partners", body))["id"]
        return partner_id, await admin.api.log_in(person["email"], person["password"])

    async def tenant(
        self, partner: Person, partner_id: str, name: str, subdomain: str, budget: str
    ) -> tuple[str, Person]:
        person = self.new("marit", "Marit")
        body = {
            "name": f"{name} {self.run}",
            "subdomain": f"{subdomain}-{self.run}",
            "monthly_budget_usd": budget,
            "owner": person,
        }
        tenant_id = (await partner.post(f"/partners/{partner_id}/tenants", body))["id"]
        return tenant_id, await partner.api.log_in(person["email"], person["password"])

    def new(self, who: str, name: str) -> Login:
        return {"email": f"{who}-{self.run}@demo.example", "name": name, "password": new_password()}
