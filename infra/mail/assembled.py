"""The mailer this platform is set up for."""

from infra.mail.address import smtp_server
from infra.mail.kept import KeptMail
from infra.mail.smtp import SmtpMailer
from infra.settings import Settings

FOLDER = "mail"


def mailer(settings: Settings) -> SmtpMailer | KeptMail:
    if settings.smtp_url is None:
        return KeptMail(settings.data_dir / FOLDER, settings.mail_from)
    return SmtpMailer(smtp_server(settings.smtp_url), settings.mail_from)
