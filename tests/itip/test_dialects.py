"""Whole mails as the clients send them (`dialects`), written after their shapes: what is understood of each."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.itip.incoming import Incoming, Party, Report, Scheduling
from shared.itip.reading import read_mail

DIALECTS = Path(__file__).parent / "dialects"
ROOM = "room-flexi-16@rooms.creneau.example"
OURS = "reservations@creneau.example"


def mail(name: str) -> Incoming:
    return read_mail((DIALECTS / f"{name}.eml").read_bytes(), "Europe/Paris")


def asked(name: str) -> Scheduling:
    scheduling = mail(name).scheduling
    assert scheduling
    return scheduling


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2027."""
    return datetime(2027, 11, day, hour, minute, tzinfo=UTC)


ANSWERS: dict[str, tuple[str, str, Sequence[tuple[datetime | None, int, str, str]]]] = {
    # name of the file: METHOD, UID, and of each component its date, SEQUENCE, and who says what
    "outlook-accepts": ("REPLY", "festival-7", [(None, 2, "lea.dupont@rectorat.example", "ACCEPTED")]),
    "outlook-com-declines-a-date": ("REPLY", "club-3", [(at(16, 13), 0, "karim.b@outlook.example", "DECLINED")]),
    "outlook-proposes-another-time": ("COUNTER", "festival-7", [(None, 2, "lea.dupont@rectorat.example", "TENTATIVE")]),
    "google-accepts-a-date": ("REPLY", "club-3", [(at(16, 13), 1, "zoe.martin@gmail.example", "ACCEPTED")]),
    "apple-accepts": ("REPLY", "festival-7", [(None, 2, "anne@icloud.example", "ACCEPTED")]),
    "thunderbird-accepts-a-series": (
        "REPLY",
        "club-3",
        [(None, 1, "zoe@college.example", "ACCEPTED"), (at(16, 13), 1, "zoe@college.example", "NEEDS-ACTION")],
    ),
    "nextcloud-is-not-sure": ("REPLY", "festival-7", [(None, 2, "max@college.example", "TENTATIVE")]),
    "sogo-delegates": ("REPLY", "festival-7", [(None, 2, "claire@collectivite.example", "DELEGATED")]),
    "proton-accepts": ("REPLY", "festival-7", [(None, 2, "zoe.m@proton.example", "ACCEPTED")]),
    "fastmail-declines-the-rest": ("REPLY", "club-3", [(at(30, 13), 1, "lucie@fastmail.example", "DECLINED")]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_understood(name: str) -> None:
    found = mail(name)
    method, uid, components = ANSWERS[name]
    assert found.scheduling
    assert (found.scheduling.method, found.scheduling.uid) == (method, f"{uid}@creneau.example")
    said = [(one.recurrence_id, one.sequence, one.attendees[0]) for one in found.scheduling.components]
    assert [(date, sequence, who.address, who.partstat) for date, sequence, who in said] == list(components)
    assert found.sender == components[0][2]
    assert (found.unasked, found.reports) == ("", ())


def test_every_file_is_understood_by_some_test() -> None:
    others = {"zimbra-invites-a-room", "outlook-moves-a-date-of-a-series", "mobilizon-asks-for-a-day", "notes-cancels"}
    others |= {"outlook-in-its-own-format", "postfix-bounces", "exchange-bounces", "qmail-bounces"}
    assert {path.stem for path in DIALECTS.iterdir()} == others | set(ANSWERS)


def test_outlook_says_its_comment_its_language_and_its_zone_by_windows_name() -> None:
    found = mail("outlook-accepts")
    answer = asked("outlook-accepts").components[0]
    assert (found.subject, found.sender_name) == ("Accepté : Festival, salle de maquillage", "Léa Dupont")
    assert (found.language, answer.language) == ("fr-FR", "fr-FR")
    assert (found.text, answer.comment) == ("Avec plaisir, à bientôt", "Avec plaisir, à bientôt")
    assert (answer.start, answer.end, answer.zone) == (at(9, 8), at(9, 11), "Europe/Paris")
    assert answer.dtstamp == datetime(2027, 11, 2, 9, 12, 30, tzinfo=UTC)


def test_outlooks_own_name_for_a_zone_is_known_by_its_rules() -> None:
    proposal = asked("outlook-proposes-another-time").components[0]
    assert (proposal.start, proposal.end, proposal.zone) == (at(9, 13), at(9, 16), "Europe/Paris")
    assert proposal.comment == "Plutôt l'après-midi ?"
    assert proposal.organizer == Party(OURS, "Atelier")


def test_outlook_com_names_no_organizer() -> None:
    assert asked("outlook-com-declines-a-date").components[0].organizer is None


def test_google_names_a_date_in_utc_and_its_comment_beside_the_attendee() -> None:
    found = mail("google-accepts-a-date")
    answer = asked("google-accepts-a-date").components[0]
    assert found.auto_submitted
    assert (found.subject, answer.comment) == ("Accepté : Club webradio - mar. 16 nov. 2027", "En retard de 10 min")
    assert (answer.zone, answer.is_recurrence_id_a_day) == ("UTC", False)


def test_apple_names_an_attendee_by_something_else_than_mail() -> None:
    answer = asked("apple-accepts").components[0]
    assert answer.attendees == (Party("anne@icloud.example", "Anne Le Gall", "ACCEPTED"),)
    subject = "Anne Le Gall a accepté votre invitation\xa0: «\xa0Festival\xa0»"
    assert mail("apple-accepts").subject == subject


def test_thunderbird_sends_the_whole_series_back() -> None:
    scheduling = asked("thunderbird-accepts-a-series")
    master = scheduling.master
    assert master
    assert master.rule == "FREQ=WEEKLY;UNTIL=20271221T130000Z;BYDAY=TU"
    assert master.exdates == (at(23, 13), at(30, 13))
    assert scheduling.components[1].start == at(16, 14)


def test_sogo_names_several_delegates() -> None:
    who, delegate = asked("sogo-delegates").components[0].attendees
    assert who.delegated_to == ("yann@collectivite.example", "paul@collectivite.example")
    assert (delegate.delegated_from, delegate.rsvp) == (("claire@collectivite.example",), True)


def test_fastmail_answers_for_a_date_and_all_later_ones() -> None:
    answer = asked("fastmail-declines-the-rest").components[0]
    assert answer.this_and_future
    assert (answer.comment, answer.start, answer.end) == ("Je pars en décembre", None, None)


def test_zimbra_invites_a_room_on_behalf_of_somebody() -> None:
    scheduling = asked("zimbra-invites-a-room")
    assert (scheduling.method, scheduling.uid) == ("REQUEST", "0a1b2c3d-zimbra")
    meeting = scheduling.components[0]
    assert (meeting.start, meeting.end, meeting.zone) == (at(8, 8), at(8, 9, 30), "Europe/Brussels")
    assert meeting.rule == "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;COUNT=5"
    assert meeting.organizer == Party(
        "paul.roussel@canope.example", "Paul Roussel", sent_by="secretariat@canope.example"
    )
    assert [(one.address, one.cutype, one.role, one.rsvp) for one in meeting.attendees] == [
        (ROOM, "RESOURCE", "NON-PARTICIPANT", True),
        ("zoe@college.example", "INDIVIDUAL", "OPT-PARTICIPANT", True),
    ]
    assert meeting.description == "Ordre du jour\n1. Emplois du temps; 2. Salles"
    assert not meeting.is_transparent


def test_outlook_moves_one_date_and_attaches_a_file() -> None:
    scheduling = asked("outlook-moves-a-date-of-a-series")
    assert scheduling.master is None
    moved = scheduling.components[0]
    assert (moved.recurrence_id, moved.start, moved.sequence) == (at(3, 9), at(4, 9), 3)
    assert len(moved.uid) > 80


def test_days_are_days_at_the_site() -> None:
    festival = asked("mobilizon-asks-for-a-day").components[0]
    assert (festival.is_all_day, festival.is_transparent) == (True, True)
    assert (festival.start, festival.end, festival.zone) == (at(11, 23), at(12, 23), "Europe/Paris")
    assert festival.rdates == (at(18, 23), at(25, 23))
    assert festival.uid == "https://mobilizon.example/events/4d1c"
    assert festival.attendee(ROOM)
    assert festival.organizer == Party("orga@mobilizon.example")


def test_notes_writes_no_method_beside_the_calendar_and_in_latin_9() -> None:
    scheduling = asked("notes-cancels")
    cancelled = scheduling.components[0]
    assert (scheduling.method, cancelled.status, cancelled.this_and_future) == ("CANCEL", "CANCELLED", True)
    assert (cancelled.comment, cancelled.summary) == ("Salle occupée", "Annulée : Conseil")
    assert mail("notes-cancels").sender == "paul.roussel@dsden.example"


def test_outlooks_own_format_is_no_calendar_and_is_named() -> None:
    found = mail("outlook-in-its-own-format")
    assert (found.scheduling, found.unasked) == (None, "winmail")
    assert found.text == "When: Tuesday, November 9, 2027"


def test_a_report_tells_of_each_recipient_and_the_mail_in_it_asks_for_nothing() -> None:
    found = mail("postfix-bounces")
    assert found.reports == (
        Report(
            "failed",
            "zoe.martin@college.example",
            "5.1.1",
            "550 5.1.1 <Zoe@college.example> User unknown in virtual mailbox table",
        ),
        Report("delayed", "max@college.example", "4.4.1", "connection timed out"),
        Report("expanded", "list@college.example", "2.0.0"),
    )
    assert found.scheduling is None
    assert found.auto_submitted
    assert found.sender == "mailer-daemon@mx.college.example"


def test_exchange_reports_alike() -> None:
    (report,) = mail("exchange-bounces").reports
    assert (report.action, report.recipient, report.status) == ("failed", "lea.dupont@rectorat.example", "5.1.10")
    assert report.diagnostic.startswith("550 5.1.10 RESOLVER.ADR.RecipientNotFound")


def test_a_bounce_in_words_is_no_report() -> None:
    found = mail("qmail-bounces")
    assert (found.reports, found.scheduling, found.unasked) == ((), None, "")
