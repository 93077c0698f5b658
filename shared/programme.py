"""The use cases around activities: their sessions, and the people who are invited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from shared.booking import Wish, own, request
from shared.domain.errors import (
    CreneauError,
    ExternalEntryError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    WrongStateError,
)
from shared.domain.events import AttendeeRemoved, AttendeesInvited
from shared.domain.slots import Slot
from shared.domain.states import HOLDING, State
from shared.store.answers import DateAnswer
from shared.store.attendees import Attendee, Invitee
from shared.store.base import Db
from shared.store.house import lock_house
from shared.store.outbox import Actor, record, record_about_house
from shared.store.people import Organisation, organisation_called
from shared.store.programme import Activity, Session
from shared.store.reservations import Reservation

MOST_ATTENDEES = 2000
UNANSWERED = {
    "partstat": "NEEDS-ACTION",
    "comment": "",
    "delegated_to": "",
    "answered_at": None,
    "undeliverable_at": None,
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session to be: onsite in its rooms, or `where` in words when it is elsewhere or online."""

    slot: Slot
    title: str = ""
    place: str = "onsite"
    where: str = ""
    resources: tuple[str, ...] = ()
    people: int = 0
    invitees: tuple[Invitee, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity to be; `partner` is the name of an organisation that is known here.

    A public one is shown, with the times and places of its sessions, to whoever looks at the site's public pages.
    """

    kind: str
    title: str
    description: str = ""
    partner: str | None = None
    meetings: tuple[Meeting, ...] = ()
    is_public: bool = False


def register(db: Db, plan: Plan, *, by: Actor, now: datetime) -> Activity:
    """Enter an activity, and request what each of its sessions needs; the sessions are decided one by one."""
    partner = _partner(db, plan.partner, by)
    activity = Activity(
        site_id=by.site_id,
        kind=plan.kind,
        title=plan.title,
        description=plan.description,
        partner_id=partner.id if partner else None,
        created_by=by.person_id,
        created_at=now,
        version=1,
        is_public=plan.is_public,
    )
    db.add(activity)
    db.flush()
    if plan.is_public:
        _record_publicity(db, activity, by=by, now=now)
    add_sessions(db, activity, plan.meetings, by=by, now=now)
    return activity


def add_sessions(db: Db, activity: Activity, meetings: Sequence[Meeting], *, by: Actor, now: datetime) -> list[Session]:
    """Request what these sessions need, in this order; raises the error of the first that cannot be asked for."""
    if activity.cancelled_at is not None:
        raise WrongStateError("This activity is cancelled: register a new one.")
    partner = db.get(Organisation, activity.partner_id) if activity.partner_id else None
    wishes = [_wish(activity, meeting, partner, by) for meeting in meetings]
    sessions = []
    for meeting, result in zip(meetings, request(db, wishes, now=now), strict=True):
        if isinstance(result, CreneauError):
            raise result
        session = Session(activity_id=activity.id, reservation_id=result, place=meeting.place, where=meeting.where)
        db.add(session)
        sessions.append(session)
    db.flush()
    return sessions


def change_place(db: Db, session: Session, where: str, *, by: Actor, now: datetime) -> None:
    """Say another place in words; only for sessions that are elsewhere or online."""
    if session.place == "onsite":
        raise InvalidInputError("An onsite session is where its rooms are: change its resources.", code="onsite")
    if session.where != where:
        session.where = where
        own(db, session.reservation_id, by=by).touch(db, ("where",), by=by, now=now)


def describe(
    db: Db, activity: Activity, *, title: str | None, description: str | None, by: Actor, now: datetime
) -> None:
    """Change the words of an activity; sessions that bear its title or tell its description are announced again."""
    before = activity.title
    activity.title = before if title is None else title
    activity.description = activity.description if description is None else description
    activity.version += 1
    for reservation in _live_reservations(db, activity):
        renamed = reservation.title.replace(before, activity.title, 1)
        reservation.describe(db, by=by, now=now, title=renamed)
        if description is not None:
            reservation.touch(db, ("description",), by=by, now=now)


def show(db: Db, activity: Activity, *, publicly: bool, by: Actor, now: datetime) -> None:
    """Show an activity on the public pages of the site, or no longer; nobody is written to about it."""
    if activity.is_public != publicly:
        activity.is_public = publicly
        activity.version += 1
        _record_publicity(db, activity, by=by, now=now)


def call_off(db: Db, activity: Activity, *, reason: str, by: Actor, now: datetime) -> None:
    """Cancel an activity with all its sessions that are still to be held."""
    if activity.cancelled_at is not None:
        raise WrongStateError("This activity is cancelled already.")
    lock_house(db, by.site_id)
    activity.cancelled_at = now
    activity.version += 1
    for reservation in _live_reservations(db, activity):  # whoever may call off the whole may call off each part
        reservation.cancel(db, reason=reason, by=by, now=now)


def own_activity(db: Db, activity_id: int, *, by: Actor) -> Activity:
    """The activity, locked, for somebody who may change it; raises NotFoundError or NotAllowedError."""
    activity = Activity.locked(db, by.site_id, activity_id)
    if not by.is_coordinator and activity.created_by != by.person_id:
        raise NotAllowedError("Only who registered an activity, or a coordinator, may change it.")
    return activity


def invite(db: Db, reservation_id: int, invitees: Sequence[Invitee], *, by: Actor, now: datetime) -> list[int]:
    """Put people on the list of a reservation or session; who was on it keeps their answer. Returns their ids."""
    reservation = own(db, reservation_id, by=by)
    _check_changeable(reservation)
    listed = reservation.list_id(db)
    rows = [
        {"reservation_id": listed, "address": i.address, "name": i.name, "language": i.language, "role": i.role}
        for i in invitees
    ]
    statement = insert(Attendee).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=["reservation_id", "address"],
        set_={
            "removed_at": None,
            "name": statement.excluded.name,
            "language": statement.excluded.language,
            # whoever comes back is asked anew
            **{
                name: case((Attendee.removed_at.is_not(None), value), else_=getattr(Attendee, name))
                for name, value in UNANSWERED.items()
            },
        },
    )
    ids = list(db.scalars(statement.returning(Attendee.id)))
    on_the_list = select(func.count()).where(Attendee.reservation_id == listed, Attendee.removed_at.is_(None))
    if db.scalars(on_the_list).one() > MOST_ATTENDEES:
        raise InvalidInputError(f"A reservation has {MOST_ATTENDEES} attendees at most.", code="too_many_attendees")
    _announce(reservation, by, now)
    record(db, reservation.site_id, AttendeesInvited(reservation.id, len(ids)), by=by, now=now)
    return ids


def take_off(db: Db, reservation_id: int, attendee_id: int, *, by: Actor, now: datetime) -> None:
    """Take somebody off the list; who was told of the meeting is told that it goes on without them."""
    reservation = own(db, reservation_id, by=by)
    _check_changeable(reservation)
    attendee = db.get(Attendee, attendee_id)
    if attendee is None or attendee.reservation_id != reservation.list_id(db) or attendee.removed_at is not None:
        raise NotFoundError("There is no such attendee.")
    if attendee.role == "CHAIR":
        raise WrongStateError("Who holds the meeting cannot be taken off its list: cancel it instead.")
    attendee.removed_at = now
    db.execute(delete(DateAnswer).where(DateAnswer.attendee_id == attendee.id))
    _announce(reservation, by, now)
    record(db, reservation.site_id, AttendeeRemoved(reservation.id, attendee_id), by=by, now=now)


def _record_publicity(db: Db, activity: Activity, *, by: Actor, now: datetime) -> None:
    type_ = "ActivityPublished" if activity.is_public else "ActivityWithdrawn"
    record_about_house(db, f"activity:{activity.id}", type_, {"name": activity.title}, by=by, now=now)


def _partner(db: Db, name: str | None, by: Actor) -> Organisation | None:
    if name is None:
        return None
    found = organisation_called(db, by.site_id, name)
    if found is None:
        raise InvalidInputError(
            f"There is no partner called {name[:60]!r} here; a coordinator adds it first.", code="unknown_partner"
        )
    return found


def _wish(activity: Activity, meeting: Meeting, partner: Organisation | None, by: Actor) -> Wish:
    invitees = meeting.invitees
    if partner and partner.contact_address:
        contact = Invitee(partner.contact_address, partner.contact_name or partner.name, partner.language)
        invitees = (*invitees, contact)
    title = f"{activity.title} : {meeting.title}" if meeting.title else activity.title
    return Wish(
        by=by,
        title=title[:300],
        slot=meeting.slot,
        resources=meeting.resources,
        people=meeting.people,
        # one person in two spellings is one attendee; who was named for this meeting comes before the contact
        invitees=tuple({i.address.lower(): replace(i, address=i.address.lower()) for i in invitees[::-1]}.values()),
    )


def _live_reservations(db: Db, activity: Activity) -> list[Reservation]:
    return list(
        db.scalars(
            select(Reservation)
            .join(Session, Session.reservation_id == Reservation.id)
            .where(Session.activity_id == activity.id, Reservation.state.in_([*HOLDING, State.REQUESTED]))
            .order_by(Reservation.id)
            .with_for_update(of=Reservation)
        )
    )


def _check_changeable(reservation: Reservation) -> None:
    if reservation.state not in HOLDING and reservation.state is not State.REQUESTED:
        raise WrongStateError(f"This reservation is {reservation.state}.", state=reservation.state.value)
    if reservation.entry_id is not None:
        raise ExternalEntryError


def _announce(reservation: Reservation, by: Actor, now: datetime) -> None:
    reservation.version += 1
    reservation.correlation_id = by.correlation_id
    if reservation.state in HOLDING:
        reservation.unannounced_since = reservation.unannounced_since or now
