"""News become the facts of a letter, chosen for what its reader may see and is concerned with."""

from collections.abc import Iterator

from shared.invitations.addressed import Addressed
from shared.invitations.news import Fate, News, RefusedThing, Standing
from shared.letters.came_back import sections
from shared.letters.facts import Alternative, Change, Conflict, Facts, Instead, Language, SeriesDate, Span

FOR_WHO_DECIDES = frozenset({"approval", "approval_reminder"})
# what a guest hears of a date: it is on, or not any more
FOR_GUESTS = frozenset({"confirmed", "replaced", "moved", "cancelled"})


def facts_for(addressed: Addressed) -> Facts:
    """Everything that the letter to this recipient may mention."""
    news, told = addressed.news, addressed.news.told
    asked = news.asked or RefusedThing(rooms=(told.place,), start=told.start, end=told.end)
    language: Language = "en" if addressed.recipient.language == "en" else "fr"
    standing = news.standing or Standing()
    is_deciding = addressed.kind in FOR_WHO_DECIDES
    return Facts(
        title=told.title,
        start=asked.start,
        end=asked.end,
        zone=told.host.zone,
        place=", ".join(asked.rooms) if news.asked else told.place,
        site=told.host.name,
        address="" if told.where else told.host.address,
        organizer=told.trainer_name,
        contact=told.host.contact,
        note=told.note,
        recipient=addressed.recipient.name,
        own=addressed.is_own,
        removed=news.is_removal,
        asks_again=news.asks_again,
        changes=tuple(_changes(news, language)),
        reasons=tuple(sentence[language] for sentence in (news.reasons, *news.findings) if sentence),
        conflicts=tuple(Conflict(", ".join(c.rooms), c.start, c.end, c.title) for c in news.conflicts),
        alternatives=tuple(Alternative(a.rooms, a.start, a.end) for a in news.alternatives),
        proposed=Span(news.proposed.start, news.proposed.end) if news.proposed else None,
        sections=sections(news.digest, told.host.zone, language) if news.digest else (),
        kept=Span(told.start, told.end) if news.is_move else None,
        recurrence=news.series.words[language] if news.series else "",
        only_this_date=news.series is not None and news.series.one is not None,
        dates=tuple(_dates(addressed)),
        deadline=standing.deadline,
        on_expiry=standing.on_expiry,
        hold=standing.hold,
        rank=standing.rank,
        on_release=standing.on_release,
        answer=news.answer,
        asks=told.trainer_name if is_deciding else "",
        asks_address=told.trainer_address if is_deciding else "",
        people=standing.people if is_deciding else 0,
        reference=standing.reference,
        room=news.room.room.name if news.room else "",
        partstat=news.room.said[0].partstat if news.room and news.room.said else "",
        cut_on=news.room.cut_on if news.room else None,
    )


def _changes(news: News, language: Language) -> Iterator[Change]:
    if news.series and news.series.words_before:
        yield Change("recurrence", news.series.words_before[language], news.series.words[language])
    yield from news.told.changes_since(news.before) if news.before else ()


def _dates(addressed: Addressed) -> Iterator[SeriesDate]:
    """All for the owner; for guests what concerns them, and in an invitation only what the rule does not say."""
    fates = addressed.news.series.dates if addressed.news.series else ()
    if addressed.is_own or addressed.kind in FOR_WHO_DECIDES:
        return map(_date, fates)
    shown = FOR_GUESTS if addressed.kind == "update" else FOR_GUESTS - {"confirmed", "cancelled"}
    return (_date(fate.model_copy(update={"reason": {}})) for fate in fates if fate.outcome in shown)


def _date(fate: Fate) -> SeriesDate:
    became = fate.became
    return SeriesDate(
        start=fate.start,
        end=fate.end,
        place=fate.place,
        outcome=fate.outcome,
        reason=fate.reason,  # type: ignore[arg-type]  # its keys are languages
        replaced_by=Instead(became.start, became.end, became.place) if became else None,
    )
