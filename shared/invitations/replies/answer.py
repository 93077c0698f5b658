"""Answering: compares what each room said last with what is, and writes what is new into the ledger.

Guards. The entry's row is locked, so that whoever handles a mail about it waits, or is waited for; what was said stands
in `answered`, in the commit that writes the deliveries: run twice, it finds no difference.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from shared.domain.recurrence import Recurrence
from shared.domain.states import Hold
from shared.domain.verdicts import SERIES_REFUSED
from shared.invitations.news import RoomSays
from shared.invitations.notices import notice_deciders, notice_deciders_of_series
from shared.invitations.post import EntryPosting, post_about
from shared.invitations.replies.asked import Asked
from shared.invitations.replies.letters import news_for, place_of, said
from shared.invitations.replies.standing import Stand, Standing, whole_of
from shared.store.base import Db
from shared.store.external import ExternalEntry
from shared.store.places import Resource, Site
from shared.store.reservations import Reservation

SECOND = timedelta(seconds=1)
WAITED_FOR = frozenset({"approval", "option", "offer", "waitlisted"})

Word = list[Any]
"""SEQUENCE, DTSTAMP of what is answered, PARTSTAT, mark"""


def answer_entry(db: Db, entry_id: int, *, now: datetime, correlation_id: str = "") -> bool:
    """Say what there is to say about an entry; False when it is just being decided."""
    entry = db.scalars(
        select(ExternalEntry)
        .where(ExternalEntry.id == entry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    standing = Standing(db, entry, Asked.of(entry), now)
    if standing.is_undecided:
        return False
    marked = _marked(db, entry.id)
    stands = standing.stands()
    _tell_deciders(standing, marked)
    stamp(entry, now)
    answered = dict(entry.answered)
    for slug in standing.asked.rooms:
        if slug in standing.rooms:
            room = _Room(standing, standing.rooms[slug], stands, answered.get(slug, {}))
            if room.fresh:
                room.post(now, correlation_id)
            answered[slug] = room.words
    entry.answered = {slug: words for slug, words in answered.items() if slug in standing.asked.rooms}
    for reservation in marked:
        reservation.unannounced_since = None
    db.flush()
    return True


def stamp(entry: ExternalEntry, now: datetime) -> None:
    """In whole seconds, for DTSTAMP says no more, and strictly rising, for calendars ignore what is not later."""
    moment = now.replace(microsecond=0)
    entry.answer_dtstamp = max(moment, entry.answer_dtstamp + SECOND) if entry.answer_dtstamp else moment


def _marked(db: Db, entry_id: int) -> Sequence[Reservation]:
    """Its reservations of which there is something to say, without those that somebody is changing.

    One that changes at this very moment keeps its mark, and comes next time.
    """
    return db.scalars(
        select(Reservation)
        .where(Reservation.entry_id == entry_id, Reservation.unannounced_since.is_not(None))
        .order_by(Reservation.id)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _tell_deciders(standing: Standing, marked: Sequence[Reservation]) -> None:
    """Whoever approves hears of it as of any other request."""
    held = [reservation for reservation in marked if reservation.hold is Hold.APPROVAL]
    series = standing.series
    if series is not None and any(reservation.series_id == series.series.id for reservation in held):
        notice_deciders_of_series(standing.db, series, now=standing.now)
    for reservation in held:
        if reservation.series_id is None:
            notice_deciders(standing.db, reservation, now=standing.now)


class _Room:
    """What one room has to say, and what of it is new."""

    def __init__(
        self, standing: Standing, room: Resource, stands: Mapping[str, Stand], before: Mapping[str, Word]
    ) -> None:
        self.standing, self.room, self.before = standing, room, before
        self.stands = {name: stand for name, stand in stands.items() if room.slug in stand.meeting.rooms}
        self.words = self._words()
        self.fresh = self._fresh()

    def post(self, now: datetime, correlation_id: str) -> None:
        """One mail: the whole, if that is new, and each date that is to be said by itself."""
        entry, stands = self.standing.entry, self._told()
        waited = next((str(word[3]) for word in self.before.values() if word[3] in WAITED_FOR), "")
        news = news_for(self.standing, self.stands, self._about(), waited, now)
        asked = self.standing.asked
        place = place_of(self.room, Site.get(self.standing.db, entry.site_id))
        parts = tuple(said(stand, name, self._rule(name)) for name, stand in stands.items())
        says = RoomSays(
            room=place,
            organizer=entry.organizer,
            organizer_name=entry.organizer_name,
            sent_by=asked.sent_by,
            said=parts,
            cut_on=asked.cut_on if "" in stands else None,
        )
        first = next(iter(stands.values()))
        reservation = first.reservation or next(iter(self.standing.reservations.values()), None)
        posting = EntryPosting(
            kind="room_answer",
            method="REPLY",
            sequence=max(part.sequence for part in parts),
            dtstamp=entry.answer_dtstamp or now,
            news=news.model_copy(update={"room": says}),
            recurrence="" if "" in stands else next(iter(stands)),
            sender=place.address,
            partstat=parts[0].partstat,
            correlation_id=correlation_id,
        )
        post_about(self.standing.db, entry, posting, reservation_id=reservation.id if reservation else None, now=now)

    def _words(self) -> dict[str, Word]:
        """By name; of a series the whole, and those dates that are not as the whole."""
        words = {name: _word(stand) for name, stand in self.stands.items()}
        whole, asked = self.standing.asked.whole, self.standing.asked
        if whole is None or not asked.rule or "" in words or self.room.slug not in whole.rooms:
            return words
        last = self.before.get("")
        is_same = last is not None and [whole.sequence, whole.dtstamp.isoformat()] == last[:2]
        partstat = whole_of(self.stands, self.room.slug, str(last[2]) if last and is_same else None)
        if partstat is None:
            return words
        of_whole = [whole.sequence, whole.dtstamp.isoformat(), partstat, self._mark_of_whole(partstat)]
        apart = {name: word for name, word in words.items() if word[2] != partstat or name in asked.dates}
        return {"": of_whole} | apart

    def _mark_of_whole(self, partstat: str) -> str:
        kinds = {stand.kind for stand in self.stands.values() if stand.partstat == partstat}
        return next((kind for kind in ("approval", "offer", "waitlisted", "kept", "refused") if kind in kinds), "")

    def _fresh(self) -> list[str]:
        """What was not said, or is not so any more; what a date said by itself may now be said by the whole."""
        if not self.words:
            return []
        whole, was_whole = self.words.get(""), self.before.get("")
        if whole is not None and whole != was_whole:
            return list(self.words)
        fresh = [name for name, word in self.words.items() if word != self.before.get(name) and name]
        as_whole = [name for name in self.before if name and name not in self.words and name in self.stands]
        return [*fresh, *as_whole]

    def _told(self) -> dict[str, Stand]:
        """Each answer of this mail by name, the whole first; of a series the whole is as most of its dates are."""
        told: dict[str, Stand] = {}
        for name in sorted(self.fresh):
            told[name] = self.stands[name] if name in self.stands else self._whole_stand()
        return told

    def _whole_stand(self) -> Stand:
        whole, partstat = self.standing.asked.whole, self.words[""][2]
        assert whole is not None  # noqa: S101  else there is no word for it
        same = [stand for stand in self.stands.values() if stand.partstat == partstat]
        for_itself = (stand for stand in same if stand.refusal is None or stand.refusal.code != SERIES_REFUSED)
        like = next(for_itself, same[0])
        together = next((stand.refusal for stand in same if stand.refusal and stand is not like), None)
        return Stand(like.kind, whole, like.reservation, like.mark, like.refusal, like.meeting, together)

    def _about(self) -> list[str]:
        """The things that the letter is about: all dates where the whole is told."""
        if "" in self.fresh and "" not in self.stands:
            return sorted(self.stands)
        return sorted(name for name in self.fresh if name in self.stands)

    def _rule(self, name: str) -> str:
        """That of the series, as its organizer's calendar may read it back."""
        asked = self.standing.asked
        return str(Recurrence.parse(asked.rule)) if asked.rule and not name and "" not in self.stands else ""


def _word(stand: Stand) -> Word:
    return [stand.meeting.sequence, stand.meeting.dtstamp.isoformat(), stand.partstat, stand.mark]
