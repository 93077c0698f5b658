"""The wire that mails leave on: SMTP, or a maildir; it knows no ledger, no invitation and no database."""

from pathlib import Path

from shared.mail.contract import (
    ConfigurationFailure,
    Envelope,
    FinalFailure,
    Mailer,
    MailFailure,
    PassingFailure,
    Receipt,
)
from shared.mail.maildir import MaildirMailer
from shared.mail.smtp import SmtpMailer

__all__ = [
    "ConfigurationFailure",
    "Envelope",
    "FinalFailure",
    "MailFailure",
    "MaildirMailer",
    "Mailer",
    "PassingFailure",
    "Receipt",
    "SmtpMailer",
    "mailer_from",
]


# shorter than the lease of a committing delivery, so that whoever waits for the answer still holds it
DOT_TIMEOUT = 30


def mailer_from(settings_smtp_url: str | None, mail_dir: Path) -> Mailer:
    """SMTP where the settings give a URL, else a maildir; a malformed URL is a ValueError."""
    return SmtpMailer(settings_smtp_url, dot_timeout=DOT_TIMEOUT) if settings_smtp_url else MaildirMailer(mail_dir)
