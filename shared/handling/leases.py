"""Who handles which mail: leases on the rows of the inbox, what failed, and what is set aside.

    waiting → (lease, until `not_before`) → handled | waiting, later | quarantined

Guards. A lease that its holder did not live to end is over at `not_before`: nothing of the mail was done, because what
it does and that it was done are one commit, which only the holder of the lease can write. Mails that were tried before
are taken one by one, so that one which kills whoever reads it takes no other with it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid4

import orjson
import structlog
from sqlalchemy import RowMapping, TextClause, select, text

from shared.domain.errors import NotFoundError, WrongStateError
from shared.handling.leased import Leased
from shared.store.base import Db
from shared.store.inbox import InboundMail, MailState

LEASE = timedelta(seconds=30)
MOST_FAILURES = 3
# by the death of whoever held the lease; no fault of most mails, so that it takes many
MOST_ATTEMPTS = 10
PAUSES = (timedelta(seconds=10), timedelta(minutes=2))
LONGEST_REASON = 500

log = structlog.get_logger()

CLAIM = text("""
WITH due AS MATERIALIZED (
    SELECT id, attempts, not_before FROM inbound_mail WHERE state = 'waiting' AND not_before <= :now
    ORDER BY not_before, id LIMIT :most FOR UPDATE SKIP LOCKED
), first AS (SELECT id, attempts FROM due ORDER BY not_before, id LIMIT 1)
UPDATE inbound_mail AS m SET lease = :token, not_before = :until, attempts = m.attempts + 1
FROM due, first WHERE m.id = due.id AND (due.id = first.id OR due.attempts + first.attempts = 0)
RETURNING m.id, m.site_id, m.source, m.peer, m.is_local, m.mail_from, m.recipients, m.raw, m.attempts, m.failures,
          m.received_at,
          (SELECT zone FROM site WHERE site.id = m.site_id) AS zone
""")
LOCK = text("""
SELECT pg_advisory_xact_lock(hashtextextended(:name, :site_id)) FROM inbound_mail
WHERE id = :id AND lease = :token AND state = 'waiting' FOR UPDATE
""")
GIVE_BACK = text("""
UPDATE inbound_mail SET lease = NULL, not_before = :now, attempts = attempts - 1
WHERE id = ANY(:ids) AND lease = :token AND state = 'waiting'
""")


def claim(db: Db, *, now: datetime, most: int) -> list[Leased]:
    """Lease up to `most` mails that are due, in the order in which they came; the caller commits.

    One that was leased too often is quarantined: whoever reads it dies of it.
    """
    token = uuid4()
    rows = db.execute(CLAIM, {"now": now, "until": now + LEASE, "token": token, "most": most}).mappings().all()
    leased = [_leased(row, token) for row in sorted(rows, key=lambda row: int(row["id"]))]
    for mail in leased:
        if mail.attempts > MOST_ATTEMPTS:
            quarantine(db, mail, code="kills_its_reader", reason="whoever read it died, again and again", now=now)
    return [mail for mail in leased if mail.attempts <= MOST_ATTEMPTS]


def give_back(db: Db, mails: list[Leased], *, now: datetime) -> None:
    """Somebody else may take these at once: they were not looked at."""
    if mails:
        db.execute(GIVE_BACK, {"ids": [mail.id for mail in mails], "token": mails[0].token, "now": now})


def is_later(db: Db, mail: Leased, *, until: datetime, is_counted: bool = False) -> None:
    """What is needed to handle it is away just now, which is not its fault; counted, where it might be all the same."""
    _settle(db, mail, lease=None, not_before=until, attempts=mail.attempts - (not is_counted))


def failed(db: Db, mail: Leased, *, reason: str, now: datetime) -> None:
    """Handling it ended in an error: it is tried again after a pause, and set aside after some tries."""
    if mail.failures + 1 >= MOST_FAILURES:
        quarantine(db, mail, code="failed", reason=reason, now=now)
        return
    noted = {"failure": _printable(reason)[:LONGEST_REASON]}
    _settle(db, mail, lease=None, failures=mail.failures + 1, not_before=now + PAUSES[mail.failures], details=noted)


def handled(db: Db, mail: Leased, *, code: str, details: Mapping[str, object], now: datetime, **known: str) -> None:
    """Note what came of it, and what is known of it, in the commit of what it did."""
    _settle(db, mail, state="handled", outcome=code, details=details, lease=None, handled_at=now, **known)


def quarantine(db: Db, mail: Leased, *, code: str, reason: str, now: datetime, **known: str) -> None:
    """Set it aside with its reason: nothing is done with it until a coordinator has it tried again."""
    log.warning("mail quarantined", mail=mail.id, code=code, reason=reason[:200])
    details = {"reason": _printable(reason)[:LONGEST_REASON]}
    _settle(db, mail, state="quarantined", outcome=code, details=details, lease=None, handled_at=now, **known)


def lock(db: Db, mail: Leased, *, message_id: str) -> bool:
    """Lock its row while it is still ours and waits; False when somebody else took it over meanwhile.

    Its Message-ID is held with it: two workers may have the same message, to other recipients or by another way, and
    one of them is to find the other's trace.
    """
    values = {"id": mail.id, "token": mail.token, "site_id": mail.site_id, "name": message_id or f"mail {mail.id}"}
    return db.execute(LOCK, values).first() is not None


def try_again(db: Db, site_id: int, mail_id: int, *, now: datetime) -> InboundMail:
    """Have a quarantined mail handled anew; raises NotFoundError, or WrongStateError for any other mail."""
    query = select(InboundMail).where(InboundMail.id == mail_id, InboundMail.site_id == site_id)
    mail = db.scalars(query.with_for_update()).first()
    if mail is None:
        raise NotFoundError("There is no such mail.")
    if mail.state is not MailState.QUARANTINED:
        raise WrongStateError("Only a mail in quarantine can be tried again.")
    mail.state, mail.outcome, mail.details = MailState.WAITING, "", {}
    mail.attempts = mail.failures = 0
    mail.not_before, mail.handled_at = now, None
    return mail


def _settle(db: Db, mail: Leased, **values: object) -> None:
    """Whoever lost the lease changes nothing. In plain SQL, which costs a fifth of what the mapper's update does."""
    columns = {name: orjson.dumps(value).decode() if name == "details" else value for name, value in values.items()}
    db.execute(_settling(tuple(columns)), {**columns, "id": mail.id, "token": mail.token})


@lru_cache
def _settling(names: tuple[str, ...]) -> TextClause:
    what = ", ".join(f"{name} = CAST(:{name} AS jsonb)" if name == "details" else f"{name} = :{name}" for name in names)
    return text(f"UPDATE inbound_mail SET {what} WHERE id = :id AND lease = :token AND state = 'waiting'")  # noqa: S608  names are ours


def _leased(row: RowMapping, token: UUID) -> Leased:
    return Leased(token=token, **{**row, "raw": bytes(row["raw"]), "recipients": tuple(row["recipients"])})


def _printable(text_: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text_)
