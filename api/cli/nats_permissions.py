"""`hb nats permissions`: what the embedded server is told, with passwords to be filled in."""

from bus.permissions import USERS
from infra.embedded.nats_users import authorization


def show() -> None:
    print(authorization(USERS, {user: f"<password of {user}>" for user in USERS}), end="")
