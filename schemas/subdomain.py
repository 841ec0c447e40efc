"""The names tenants may have in front of ours."""

import re

FORM = r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$"
WORDS = """
abuse account accounts admin administrator api app apps assets audit auth autoconfig autodiscover billing
blog callback cdn console dashboard db dev developer developers dns docs download downloads email files
ftp graphql health help helpdesk hirebuddha hooks hostmaster id identity imap img internal intranet
invoice invoices ledger legal local localhost login logout mail media metrics monitor mx nats noreply
oauth oidc operations ops partner partners pay payment payments platform pop pop3 portal postmaster
preview privacy prod production proxy public register registry root sandbox secure security server
service services sftp signin signup smtp ssh sso staging static status support system tenant tenants
terms test testing token updates upload uploads vault vpn webhook webhooks webmail webmaster wpad ws www
www1 www2
"""
RESERVED = frozenset(WORDS.split())
"""Hosts we have or may want, and those people would take for ours."""


class BadSubdomain(ValueError):
    """`code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def accepted(name: str) -> str:
    """The name as it is: what is not written as it must be is refused, never mended."""
    if not re.fullmatch(FORM, name):
        raise BadSubdomain(
            "subdomain_malformed", "3 to 40 lower-case letters, digits and hyphens, beginning with a letter"
        )
    if name[2:4] == "--":
        raise BadSubdomain("subdomain_punycode", "No two hyphens may follow the second character")
    if name in RESERVED:
        raise BadSubdomain("subdomain_reserved", "This name is reserved")
    return name
