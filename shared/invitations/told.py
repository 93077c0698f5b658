"""What an entry is, as its people are told of it; kept after each announcement, so that the next knows what changed."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.letters.facts import Change, Span


class Place(BaseModel):
    """A resource that has an address of its own in calendars; `kind` is room, trainer or equipment."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str
    address: str


class Host(BaseModel):
    """The site that invites: what a letter and an entry say about it."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str
    zone: str
    contact: str
    mail_domain: str


class Details(BaseModel):
    """What an entry is about and where; all that one date of a series may have for itself, besides its time."""

    model_config = ConfigDict(frozen=True)

    title: str
    note: str
    where: str
    resources: tuple[Place, ...]

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return self.where or ", ".join(resource.name for resource in self.resources if resource.kind == "room")

    def location(self, address: str) -> str:
        """The same with the address of the site, unless it is elsewhere."""
        return ", ".join(part for part in (self.place, "" if self.where else address) if part)

    def other_details(self, before: "Details") -> tuple[Change, ...]:
        """What a reader has to know that is different, the time aside."""
        changes = []
        if self.place != before.place:
            changes.append(Change("place", before.place, self.place))
        if self.title != before.title:
            changes.append(Change("title", before.title, self.title))
        if self.note != before.note:
            changes.append(Change("note"))
        return tuple(changes)


class Told(Details):
    """One entry as it stands in calendars."""

    start: datetime
    end: datetime
    trainer_name: str
    trainer_address: str
    host: Host

    def changes_since(self, before: "Told") -> tuple[Change, ...]:
        """What a reader has to know that is different."""
        is_same_time = (self.start, self.end) == (before.start, before.end)
        span, earlier = Span(self.start, self.end), Span(before.start, before.end)
        return (*(() if is_same_time else (Change("time", earlier, span),)), *self.other_details(before))


def is_moved(changes: tuple[Change, ...]) -> bool:
    """Whether everybody has to say again whether they come (RFC 5546 section 3.2.2.1)."""
    return any(change.what in {"time", "place", "recurrence"} for change in changes)
