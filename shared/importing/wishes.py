"""From a line of a file to what is asked for: whose it will be, in which layout, and what goes into the note."""

from collections.abc import Iterator, Sequence

from shared.booking import Wish
from shared.importing.entries import Entry
from shared.importing.places import Places
from shared.records.lines import Booking
from shared.records.reasons import reason
from shared.store.attendees import Invitee
from shared.store.base import Db
from shared.store.outbox import Actor
from shared.store.people import Introduction, Person, people_called


def wish_for(db: Db, places: Places, entries: Sequence[Entry], *, by: Actor, override: str) -> None:
    """Give each entry that is wanted its wish; who has one by address is known to the site from now on."""
    wanted = [entry for entry in entries if entry.is_wanted]
    people = people_called(db, by.site_id, [one for entry in wanted for one in _introduced(entry.booking)])
    for entry in wanted:
        booking, owner = entry.booking, people.get(entry.booking.organiser.address)
        layout = places.layout(booking.layout, [resource for resource, _ in entry.places])
        in_the_note = list(_without_a_place(booking, owner, layout))
        if in_the_note:
            entry.remarks.append(reason("in_the_note", names=", ".join(in_the_note)))
        entry.wish = Wish(
            by=by,
            title=booking.title,
            note="\n".join(part for part in (booking.note, *in_the_note) if part),
            slot=booking.slot,
            resources=tuple(resource.slug for resource, _ in entry.places),
            people=booking.people,
            layout=layout,
            quantities={resource.slug: count for resource, count in entry.places if resource.kind == "equipment"},
            invitees=tuple(Invitee(guest.address, guest.name) for guest in booking.attendees),
            owner_id=owner.id if owner else None,
            override=override,
        )


def _introduced(booking: Booking) -> Iterator[Introduction]:
    who = booking.organiser
    if who.address:
        yield Introduction(who.address, who.name or who.address.partition("@")[0], booking.organisation)


def _without_a_place(booking: Booking, owner: Person | None, layout: str) -> Iterator[str]:
    """What would be lost: a layout that the room does not have, who is known by name only, whom they come from."""
    if booking.layout and not layout:
        yield f"Disposition : {booking.layout}"
    if booking.organiser.name and owner is None:
        yield f"Responsable : {booking.organiser.name}"
    if booking.organisation and (owner is None or owner.organisation_id is None):
        yield f"Structure : {booking.organisation}"
