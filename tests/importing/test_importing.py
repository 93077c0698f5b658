"""Taking over a table of bookings: all of it or nothing, by the rules of the house, and twice is once."""

from datetime import UTC, datetime

import pytest

from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.records.report import Verdict
from shared.seed import atelier
from shared.store.outbox import Actor
from shared.store.people import person_called
from tests.house import House, slot
from tests.importing.files import codes, said, table, take_over, verdicts

MORNING = "Atelier storyboard;Flexi 16;09/11/2027;9h-12h"
AFTERNOON = "Jury;EscapeLAB;09/11/2027;14h-17h"


def bookings(house: House) -> list[tuple[str, str]]:
    return [(row.title, row.state) for row in house.rows("SELECT title, state FROM reservation ORDER BY id")]


def test_each_line_is_booked_like_any_request(house: House) -> None:
    report = take_over(house, table(MORNING, AFTERNOON))
    assert verdicts(report) == [Verdict.BOOKED, Verdict.BOOKED]
    assert report.is_written
    [one, other] = [house.reservation(line.reservations[0]) for line in report.lines]
    assert (one.state, one.slot) == ("confirmed", slot(8, 11, day=1))
    assert (one.resource_ids, other.resource_ids) == ([house.rooms["flexi-16"]], [house.rooms["escapelab"]])
    assert house.history(one.id) == ["ReservationRequested", "ReservationConfirmed"]
    assert one.requested_by == house.actors["claire"].person_id
    assert house.rows("SELECT count(*) AS n FROM occupancy")[0].n == 2


def test_what_is_there_already_is_skipped(house: House) -> None:
    content = table(MORNING, AFTERNOON)
    first = take_over(house, content)
    again = take_over(house, content)
    assert verdicts(again) == [Verdict.SKIPPED, Verdict.SKIPPED]
    assert [line.reservations for line in again.lines] == [line.reservations for line in first.lines]
    assert said(again) == f"C'est déjà réservé (n° {first.lines[0].reservations[0]})."
    assert len(bookings(house)) == 2


def test_nothing_is_written_while_a_line_is_refused(house: House) -> None:
    house.confirmed("flexi-16", at=slot(8, 9, day=1), title="Conseil")
    report = take_over(house, table(AFTERNOON, MORNING))
    assert verdicts(report) == [Verdict.WOULD_BE_BOOKED, Verdict.REFUSED]
    assert codes(report, 1) == ["room_taken", "taken_by", "free_instead"]
    assert "« Conseil »" in said(report, 1)
    assert not report.is_written
    assert report.lines[0].reservations == ()
    assert bookings(house) == [("Conseil", "confirmed")]
    assert report.summary("fr") == (
        "serait réservé : 1, refusé : 1. Rien n'est écrit tant qu'une ligne est refusée ou illisible."
    )
    assert house.rows("SELECT 1 FROM event WHERE reservation_id IS NULL") == []


def test_nothing_is_written_while_a_line_is_unreadable(house: House) -> None:
    report = take_over(house, table(MORNING, "Jury;EscapeLAB;32/11/2027;14h-17h"))
    assert verdicts(report) == [Verdict.WOULD_BE_BOOKED, Verdict.UNREADABLE]
    assert bookings(house) == []


def test_a_dry_run_says_what_would_be_and_leaves_nothing(house: House) -> None:
    content = table(f"{MORNING};;Zoé Martin;zoe@college.example")
    report = take_over(house, content, dry_run=True)
    assert verdicts(report) == [Verdict.WOULD_BE_BOOKED]
    assert report.summary("en") == "would be booked: 1. This was a trial: nothing is written."
    assert bookings(house) == []
    assert house.rows("SELECT 1 FROM person WHERE address = 'zoe@college.example'") == []
    assert verdicts(take_over(house, content)) == [Verdict.BOOKED]


def test_what_waits_is_decided_before_the_file(house: House) -> None:
    """As if the file had come by itself a moment later; a dry run leaves it waiting."""
    waiting = house.ask("flexi-16", at=slot(8, 11, day=1), title="Avant")
    report = take_over(house, table(MORNING))
    assert codes(report) == ["room_taken", "taken_by", "free_instead"]
    assert house.state(waiting) == "requested"
    other = take_over(house, table(AFTERNOON))
    assert other.is_written
    assert house.state(waiting) == "confirmed"


def test_two_lines_in_each_other_s_way_are_told_by_their_numbers(house: House) -> None:
    report = take_over(house, table(MORNING, "Conseil;Flexi 16;09/11/2027;11h-13h"))
    assert verdicts(report) == [Verdict.WOULD_BE_BOOKED, Verdict.REFUSED]
    assert "Il s'agit de la ligne 2 du fichier." in said(report, 1)


def test_the_same_line_twice_is_booked_once(house: House) -> None:
    report = take_over(house, table(MORNING, MORNING))
    assert verdicts(report) == [Verdict.BOOKED, Verdict.SKIPPED]
    assert said(report, 1, "en") == "Line 2 says the same already."


def test_the_same_title_at_another_time_or_in_another_room_is_another_booking(house: House) -> None:
    take_over(house, table(MORNING))
    later, elsewhere = MORNING.replace("9h-12h", "13h-14h"), MORNING.replace("Flexi 16", "Flexi 19")
    assert verdicts(take_over(house, table(later, elsewhere))) == [Verdict.BOOKED] * 2


def test_what_was_cancelled_since_can_be_booked_again_without_a_uid(house: House) -> None:
    report = take_over(house, table(MORNING))
    house.cancel(report.lines[0].reservations[0], "claire")
    assert verdicts(take_over(house, table(MORNING))) == [Verdict.BOOKED]


def test_a_uid_is_remembered_whatever_becomes_of_the_booking(house: House) -> None:
    content = table(f"{MORNING};;;;;;;;a1@old.example")
    [line] = take_over(house, content).lines
    [booked] = line.reservations
    house.move(booked, slot(15, 16, day=3), who="claire")
    house.decide()
    assert codes(take_over(house, content)) == ["known_elsewhere"]
    house.cancel(booked, "claire")
    assert codes(take_over(house, content)) == ["known_and_over"]
    assert len(bookings(house)) == 1


def test_a_uid_that_several_rows_share_names_none_of_them(house: House) -> None:
    rows = [f"{MORNING};;;;;;;;club", f"{AFTERNOON};;;;;;;;club"]
    assert verdicts(take_over(house, table(*rows))) == [Verdict.BOOKED] * 2
    assert verdicts(take_over(house, table(*rows))) == [Verdict.SKIPPED] * 2


@pytest.mark.parametrize("name", ["Flexi 16", "flexi-16", "FLEXI 16", "  flexi   16 ", "Fléxi 16"])
def test_rooms_are_known_by_name_or_slug_whatever_the_accents_and_capitals(house: House, name: str) -> None:
    report = take_over(house, table(f"Atelier;{name};09/11/2027;9h-12h"))
    assert house.reservation(report.lines[0].reservations[0]).resource_ids == [house.rooms["flexi-16"]]


def test_several_rooms_are_booked_together(house: House) -> None:
    report = take_over(house, table("Atelier;Flexi 16 + flexi-19;09/11/2027;9h-12h"))
    assert house.reservation(report.lines[0].reservations[0]).resource_ids == [
        house.rooms["flexi-16"],
        house.rooms["flexi-19"],
    ]


def test_a_combined_room_takes_its_parts(house: House) -> None:
    parts = [house.rooms["flexi-16"], house.rooms["flexi-19"]]
    [both] = house.rows(
        "INSERT INTO resource (site_id, kind, slug, name, seats, part_ids)"
        " VALUES (:site, 'room', 'flexi-16-19', 'Flexi 16+19', 35, :parts) RETURNING id",
        site=house.site_id,
        parts=parts,
    )
    line = "Atelier;flexi 16+19;09/11/2027;9h-12h"
    report = take_over(house, table(line))
    assert house.reservation(report.lines[0].reservations[0]).resource_ids == sorted([*parts, both.id])
    assert verdicts(take_over(house, table(line))) == [Verdict.SKIPPED]
    assert codes(take_over(house, table(MORNING)))[0] == "room_taken"


def test_a_room_whose_name_has_a_comma(house: House) -> None:
    house.rows("UPDATE resource SET name = 'Espace ouvert, rez-de-chaussée' WHERE slug = 'espace-ouvert' RETURNING 1")
    report = take_over(house, table("Atelier;Espace ouvert, rez-de-chaussée;09/11/2027;9h-12h"))
    assert house.reservation(report.lines[0].reservations[0]).resource_ids == [house.rooms["espace-ouvert"]]


@pytest.mark.parametrize(
    ("room", "code", "told"),
    [
        ("Flexi 17", "unknown_room_near", "« Flexi 17 » n'est pas un espace de la maison ; le plus proche est « Flexi"),
        ("Gymnase", "unknown_room", "« Gymnase » n'est pas un espace de la maison."),
        ("", "no_room", "Il manque l'espace : écrivez par exemple « Espace ouvert »."),
    ],
)
def test_a_room_that_is_not_of_the_house_is_refused(house: House, room: str, code: str, told: str) -> None:
    report = take_over(house, table(f"Atelier;{room};09/11/2027;9h-12h"))
    assert (verdicts(report), codes(report)) == ([Verdict.REFUSED], [code])
    assert said(report).startswith(told)


def test_a_name_that_two_rooms_have_is_nobody_s(house: House) -> None:
    house.rows("UPDATE resource SET name = 'Flexi' WHERE slug IN ('flexi-16', 'flexi-19') RETURNING 1")
    assert codes(take_over(house, table("Atelier;Flexi;09/11/2027;9h-12h"))) == ["unknown_room_near"]
    assert verdicts(take_over(house, table("Atelier;flexi-19;09/11/2027;9h-12h"))) == [Verdict.BOOKED]


def test_equipment_is_booked_in_numbers(house: House) -> None:
    house.rows(
        "INSERT INTO resource (site_id, kind, slug, name, quantity)"
        " VALUES (:site, 'equipment', 'tablettes', 'Tablettes', 24) RETURNING id",
        site=house.site_id,
    )
    report = take_over(house, table("Atelier;Flexi 16 + 12 \u00d7 tablettes;09/11/2027;9h-12h"))
    assert house.reservation(report.lines[0].reservations[0]).quantities == {"tablettes": 12}
    assert house.rows("SELECT count(*) AS n FROM occupancy")[0].n == 13


def test_whoever_organises_it_owns_it_and_is_known_from_then_on(house: House) -> None:
    rows = [
        f"{MORNING};12;Basile Dupont;BASILE@example.org",
        f"{AFTERNOON};;Zoé Martin;zoe@college.example",
        "Réunion;Flexi 19;09/11/2027;9h-10h;;Monsieur Untel",
    ]
    report = take_over(house, table(*rows))
    owners = [house.reservation(line.reservations[0]).requested_by for line in report.lines]
    [zoe] = house.rows("SELECT id, name FROM person WHERE address = 'zoe@college.example'")
    assert owners == [house.actors["basile"].person_id, zoe.id, house.actors["claire"].person_id]
    assert zoe.name == "Zoé Martin"
    assert house.reservation(report.lines[0].reservations[0]).people == 12
    assert house.reservation(report.lines[2].reservations[0]).note == "Responsable : Monsieur Untel"
    assert said(report, 2) == (
        "Ceci n'a pas de place à part ici, et se trouve dans la note : Responsable : Monsieur Untel."
    )
    [asked] = house.rows("SELECT * FROM event WHERE reservation_id = :id ORDER BY id LIMIT 1", id=1)
    assert (asked.person_id, asked.on_behalf_of) == (house.actors["claire"].person_id, owners[0])


def test_who_is_not_taken_over_is_not_made_known(house: House) -> None:
    take_over(house, table(MORNING))
    take_over(house, table(f"{MORNING};;Zoé Martin;zoe@college.example"))
    assert house.rows("SELECT 1 FROM person WHERE address = 'zoe@college.example'") == []


def test_an_organisation_that_is_known_is_that_of_a_new_person(house: House) -> None:
    report = take_over(
        house,
        table(
            f"{MORNING};;Zoé;zoe@college.example;;;Plan Séquence",
            f"{AFTERNOON};;Yves;yves@college.example;apporter un câble;;Collège Bodel",
        ),
    )
    one, other = (house.reservation(line.reservations[0]) for line in report.lines)
    assert one.organisation_id is not None
    assert (one.note, other.note) == ("", "apporter un câble\nStructure : Collège Bodel")


def test_a_layout_is_known_by_its_name_and_another_goes_into_the_note(house: House) -> None:
    house.rule("room", "flexi-16", layouts={"ilots": {"name": "En îlots", "name_en": "Islands", "seats": 14}})
    rows = [f"{MORNING};;;;;en ilots", "Atelier;Flexi 16;10/11/2027;9h-12h;;;;;en U", f"{AFTERNOON};;;;;en îlots"]
    report = take_over(house, table(*rows))
    booked = [house.reservation(line.reservations[0]) for line in report.lines]
    assert [r.layout for r in booked] == ["ilots", "", ""]
    assert [r.note for r in booked] == ["", "Disposition : en U", "Disposition : en îlots"]


def test_rules_of_the_house_are_overridden_on_record(house: House) -> None:
    house.rule(opening={"monday": ["09:00-18:00"]}, longest_minutes=120)
    report = take_over(house, table(MORNING), name="planning 2027.csv")
    assert report.is_written
    [reservation_id] = report.lines[0].reservations
    assert house.history(reservation_id)[1:] == ["OverrideUsed", "ReservationConfirmed"]
    [asked] = house.rows("SELECT reason, source FROM event WHERE reservation_id = :id ORDER BY id LIMIT 1", id=1)
    assert (asked.reason, asked.source) == ("reprise de planning 2027.csv", "planning 2027.csv")


def test_a_safety_limit_is_not_overridden(house: House) -> None:
    house.rule("room", "flexi-16", safety_limit=20)
    report = take_over(house, table(f"{MORNING};21"))
    assert codes(report)[0] == "room_safety_limit"
    assert "advice" in codes(report)
    assert bookings(house) == []


def test_the_past_can_be_taken_over(house: House) -> None:
    house.now = datetime(2028, 6, 1, tzinfo=UTC)
    assert take_over(house, table(MORNING)).is_written


def test_nobody_is_told_unless_it_is_asked_for(house: House) -> None:
    guests = f"{MORNING};;Basile;basile@example.org;;;;eleve@college.example"
    take_over(house, table(guests))
    house.announce()
    assert house.rows("SELECT 1 FROM delivery") == []
    told = AFTERNOON + ";;Basile;basile@example.org;;;;eleve@college.example"
    take_over(house, table(told), notify=True)
    house.announce()
    mails = house.rows("SELECT recipient, reservation_id FROM delivery ORDER BY recipient")
    assert {mail.recipient for mail in mails} == {"basile@example.org", "eleve@college.example"}
    assert len({mail.reservation_id for mail in mails}) == 1


def test_those_who_were_not_told_hear_of_the_first_change(house: House) -> None:
    report = take_over(house, table(f"{MORNING};;Basile;basile@example.org;;;;eleve@college.example"))
    house.change(report.lines[0].reservations[0], "basile", title="Storyboard")
    house.announce()
    mails = house.rows("SELECT recipient, method FROM delivery ORDER BY recipient")
    assert [(m.recipient, m.method) for m in mails] == [
        ("basile@example.org", "REQUEST"),
        ("eleve@college.example", "REQUEST"),
    ]


def test_the_import_is_a_fact_about_the_house(house: House) -> None:
    take_over(house, table(MORNING, AFTERNOON))
    [fact] = house.rows("SELECT * FROM event WHERE type = 'BookingsImported'")
    assert (fact.subject, fact.person_id) == ("import:planning.csv", house.actors["claire"].person_id)
    assert fact.data == {"file": "planning.csv", "lines": 2, "count": 2, "notified": False}


def test_only_a_coordinator_imports(house: House) -> None:
    with pytest.raises(NotAllowedError):
        take_over(house, table(MORNING), who="anne")


def test_a_file_that_is_none_says_so(house: House) -> None:
    with pytest.raises(InvalidInputError) as caught:
        take_over(house, b"PK\x03\x04")
    assert caught.value.code == "spreadsheet"


def test_a_uid_of_another_house_is_not_known_here(house: House) -> None:
    content = table(f"{MORNING};;;;;;;;a1@old.example")
    take_over(house, content)
    with house.book() as db:
        elsewhere = atelier(db, slug="lille", name="Atelier Canopé 59 - Lille")
        db.flush()
        zoe = person_called(db, elsewhere.id, address="zoe@example.org", name="Zoé")
    house.actors["zoe"] = Actor(zoe.id, elsewhere.id, is_coordinator=True)
    assert verdicts(take_over(house, content, who="zoe")) == [Verdict.BOOKED]
