"""The same request once more: a calendar that asks again after a while has probably not got the answer."""

from datetime import datetime, timedelta

from sqlalchemy import select

from shared.attendant.who import Call
from shared.domain.errors import WrongStateError
from shared.inbox.outcomes import Outcome
from shared.invitations import deliver
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.ledger import Delivery

# calendars send a request to each room, and some send it twice; who asks anew an hour later has waited for an answer
LOST_AFTER = timedelta(hours=1)


def answer_again(db: Db, call: Call, entry: ExternalEntry, now: datetime) -> Outcome:
    """Send the last answer of each room that the mail reached once more, byte for byte, once an hour at most."""
    again = []
    for slug in call.reached:
        last = _last_answer(db, call, entry, slug)
        if last is None or (last.sent_at or last.not_before) > now - LOST_AFTER:
            continue
        try:
            deliver.send_again(db, entry.site_id, last.id, now=now)
        except WrongStateError:
            continue  # it is on its way
        again.append(slug)
    details: dict[str, object] = {"entry": entry.id}
    return Outcome("answered_again", details | {"rooms": again}) if again else Outcome("already_known", details)


def _last_answer(db: Db, call: Call, entry: ExternalEntry, slug: str) -> Delivery | None:
    address = next(address for address, room in call.rooms.items() if room.slug == slug)
    its = select(Delivery).where(
        Delivery.uid == entry.uid, Delivery.recipient == entry.organizer, Delivery.sender == address
    )
    return db.scalars(its.order_by(Delivery.id.desc()).limit(1)).first()
