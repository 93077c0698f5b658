"""Who speaks in a mail to a room, in whose name, and to which of our rooms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from shared.calendar.address import MalformedAddress, wire_address
from shared.inbox.outcomes import Outcome
from shared.itip.incoming import Component, Incoming, Party, Scheduling
from shared.letters.facts import LANGUAGES
from shared.store.answers import Alias
from shared.store.base import Db
from shared.store.inbox import InboundMail
from shared.store.outbox import Actor
from shared.store.people import Person, Standing, standing_of
from shared.store.places import Resource, Site

STRANGER = Standing(is_known=False, is_coordinator=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One mail to our rooms: whose entry it is about, who they are here, and which rooms (by slug) it reached."""

    mail: InboundMail
    site: Site
    scheduling: Scheduling
    organizer: Party
    sent_by: str
    person: Person | None
    standing: Standing
    language: str
    rooms: Mapping[str, Resource]
    """all rooms of the site, by address"""
    reached: tuple[str, ...]

    @property
    def actor(self) -> Actor:
        """Whoever made the entry, with the rights that they have when they show a token."""
        return Actor(
            self.person.id if self.person else None,
            self.site.id,
            is_coordinator=self.standing.is_coordinator,
            correlation_id=f"mail-{self.mail.id}",
            source=f"mail {self.mail.id}",
        )

    def rooms_of(self, component: Component) -> tuple[str, ...]:
        """Our rooms among its attendees, by slug."""
        listed = {self.rooms[party.address].slug for party in component.attendees if party.address in self.rooms}
        return tuple(sorted(listed))


def call_of(db: Db, mail: InboundMail, incoming: Incoming, scheduling: Scheduling) -> Call | Outcome:
    """Who calls; an Outcome when it is nobody who may speak about this entry."""
    component = scheduling.master or scheduling.components[0]
    site, organizer = Site.get(db, mail.site_id), component.organizer
    if organizer is None or not _writable(organizer.address):
        return Outcome("no_organizer")
    rooms = {
        f"{room.mail_local_part}@rooms.{site.mail_domain}".lower(): room
        for room in db.scalars(select(Resource).where(Resource.site_id == site.id, Resource.kind == "room"))
    }
    domain = organizer.address.rpartition("@")[2]
    if domain in {site.mail_domain.lower(), f"rooms.{site.mail_domain}".lower()}:
        return Outcome("own_entry", {"organizer": organizer.address})
    meant = _meant(db, site.id, {organizer.address, mail.sender})
    people = _people(db, site.id, meant)
    person = people.get(organizer.address)
    is_themselves = meant[mail.sender] == meant[organizer.address]
    if not is_themselves and not _may_send_for(db, mail.sender, organizer, people):
        return Outcome("not_the_organizer", {"organizer": organizer.address, "sender": mail.sender})
    reached = tuple(sorted(rooms[address].slug for address in mail.recipients if address in rooms))
    return Call(
        mail=mail,
        site=site,
        scheduling=scheduling,
        organizer=organizer,
        sent_by=_writable(organizer.sent_by),
        person=person,
        standing=standing_of(db, person) if person else STRANGER,
        language=_language(person, (organizer.language, component.language, incoming.language), site),
        rooms=rooms,
        reached=reached,
    )


def _writable(address: str) -> str:
    """What is no address is not repeated."""
    try:
        wire_address(address)
    except MalformedAddress:
        return ""
    return address


def _meant(db: Db, site_id: int, addresses: set[str]) -> dict[str, str]:
    """Each of these addresses with the one that it stands for, as a rule itself."""
    aliases = db.scalars(select(Alias).where(Alias.site_id == site_id, Alias.address.in_(addresses)))
    return {address: address for address in addresses} | {alias.address: alias.means for alias in aliases}


def _people(db: Db, site_id: int, meant: Mapping[str, str]) -> dict[str, Person]:
    found = db.scalars(select(Person).where(Person.site_id == site_id, Person.address.in_(meant.values())))
    by_address = {person.address: person for person in found}
    return {address: by_address[mean] for address, mean in meant.items() if mean in by_address}


def _may_send_for(db: Db, sender: str, organizer: Party, people: Mapping[str, Person]) -> bool:
    """Whether the entry names them as who sent it, and the house knows them.

    SENT-BY is only what the sender says of themselves: without the second half anybody could book as anybody.
    """
    speaker = people.get(sender)
    return sender == organizer.sent_by and speaker is not None and standing_of(db, speaker).is_known


def _language(person: Person | None, said: Iterable[str], site: Site) -> str:
    """That of a person whom we know, else the first that the mail names, else the site's."""
    if person is not None:
        return person.language
    spoken = next((language.lower() for language in said if language), "")
    return next((known for known in LANGUAGES if spoken.startswith(known)), site.language)
