"""What a room says, as calendars read it."""

from shared.calendar.entry import Guest, Party
from shared.calendar.reply import Answer, Reply, render_refresh, render_reply
from shared.invitations.addressed import Addressed
from shared.invitations.news import RoomSays, Said
from shared.letters.comments import Remark, comment
from shared.letters.facts import Alternative, Language, Span


def calendar_of_room(addressed: Addressed, says: RoomSays) -> bytes:
    """The REPLY or REFRESH of a room, its comments in the recipient's language."""
    room = Guest(says.room.address, says.room.name, cutype="ROOM")
    organizer = Party(says.organizer, says.organizer_name)
    if addressed.method == "REFRESH":
        return render_refresh(addressed.uid, addressed.dtstamp, organizer, room)
    return render_reply(
        Reply(
            uid=addressed.uid,
            dtstamp=addressed.dtstamp,
            organizer=organizer,
            room=room,
            answers=tuple(_answer(addressed, says, said, is_first=n == 0) for n, said in enumerate(says.said)),
            sent_by=says.sent_by,
        )
    )


def _answer(addressed: Addressed, says: RoomSays, said: Said, *, is_first: bool) -> Answer:
    news = addressed.news
    language: Language = "en" if addressed.recipient.language == "en" else "fr"
    free = news.alternatives if is_first else ()
    remark = Remark(
        kind=said.kind,
        reasons=tuple(reason[language] for reason in said.reasons),
        together=said.together.get(language, ""),
        on=Span(said.on.start, said.on.end) if said.on else None,
        answer=said.answer or (news.answer if is_first and said.kind in {"declined", "withdrawn"} else ""),
        kept=Span(said.kept.start, said.kept.end) if said.kept else None,
        alternatives=tuple(Alternative(a.rooms, a.start, a.end) for a in free) if said.partstat == "DECLINED" else (),
        cut_on=says.cut_on if is_first else None,
    )
    return Answer(
        partstat=said.partstat,
        sequence=said.sequence,
        start=said.start,
        end=said.end,
        zone=said.zone,
        summary=said.title,
        is_all_day=said.is_all_day,
        recurrence_id=said.recurs_at,
        is_named_by_day=said.is_named_by_day,
        rule=said.rule,
        comment=comment(remark, news.told.host.zone, language),
        status=said.status,
    )
