"""Composing: an announcement and one of its recipients become the bytes of a mail; pure."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from shared.calendar.entry import Party
from shared.calendar.imip import Letter, compose
from shared.invitations.addressed import Addressed
from shared.invitations.entries import calendar_of, sender_of
from shared.invitations.news import News
from shared.invitations.wording import facts_for
from shared.letters.writing import Kind, write


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    message: bytes


def mail_for(addressed: Addressed) -> Mail:
    """The mail, the same bytes each time; raises ValueError for an address that cannot be written to."""
    told = addressed.news.told
    words = write(cast("Kind", addressed.kind), addressed.recipient.language, facts_for(addressed))
    letter = Letter(
        message_id=f"<{addressed.key}@{told.host.mail_domain}>",
        date=addressed.dtstamp,
        sender=sender_of(addressed.news),
        recipient=addressed.recipient,
        reply_to=_reply_to(addressed.news),
        subject=words.subject,
        text=words.text,
        html=words.html,
        calendar=calendar_of(addressed) if addressed.has_calendar else None,
        method=addressed.method if addressed.has_calendar else None,
    )
    return Mail(words.subject, compose(letter))


def _reply_to(news: News) -> Party | None:
    """The trainer; whoever answers to a room means the people of the house."""
    if news.room is None:
        return Party(news.told.trainer_address, news.told.trainer_name)
    host = news.told.host
    return Party(host.contact, host.name) if host.contact else None


def envelope_sender(key: UUID, host_domain: str) -> str:
    """VERP: a bounce comes back to an address that names its delivery and that nobody can guess."""
    return f"bounces+{key.hex}@{host_domain}"
