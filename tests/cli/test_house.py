"""How the house is laid down from a terminal: rooms that combine, equipment, policies, closures, groups; on record."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import Result

Type = Callable[..., Result]


def rows(database_url: str, query: str) -> list[Any]:
    with psycopg.connect(database_url) as connection:
        return list(connection.execute(query.encode()))


def test_rooms_combine(atelier: str, creneau: Type) -> None:
    combined = creneau("room", "combine", "flexi-36-19", "flexi-36", "flexi-19", "--name", "Flexi 36+19")

    assert combined.stdout == "flexi-36-19: Flexi 36+19, 55 (assumed) seats, open.\n"
    assert re.search(r"flexi-36-19 .* flexi-19 \+ flexi-36 +open", creneau("room", "list").stdout)
    [(data, source, address)] = rows(
        atelier,
        "SELECT data, source, address FROM event JOIN person ON person.id = person_id"
        " WHERE subject = 'room:flexi-36-19'",
    )
    assert data["after"]["parts"] == ["flexi-19", "flexi-36"]
    assert (source, address) == ("creneau room combine", "contact.atelier62@reseau-canope.fr")


def test_the_parts_of_a_combined_room_are_others(atelier: str, creneau: Type) -> None:
    changed = creneau("room", "set", "flexi-16-19", "--part", "flexi-16", "--part", "flexi-36")

    assert changed.stdout == "flexi-16-19: Flexi 16+19, 35 (assumed) seats, open.\n"
    query = "SELECT slug FROM resource WHERE id IN (SELECT unnest(part_ids) FROM resource) ORDER BY slug"
    assert [slug for (slug,) in rows(atelier, query)] == ["flexi-16", "flexi-36"]


@pytest.mark.usefixtures("atelier")
def test_equipment_is_counted(creneau: Type) -> None:
    added = creneau("equipment", "add", "tablettes", "--name", "Tablettes", "--quantity", "12")

    assert added.stdout == "tablettes: Tablettes, 12 of them, open.\n"
    assert creneau("room", "set", "tablettes", "--quantity", "10").stdout == "tablettes: Tablettes, 10 of them, open.\n"


def test_what_is_booked_is_named_when_its_room_is_closed(atelier: str, creneau: Type) -> None:
    with psycopg.connect(atelier) as connection:
        connection.execute(
            "INSERT INTO reservation (site_id, requested_by, by_coordinator, title, note, people, starts_at, ends_at,"
            " resource_ids, state, created_at) SELECT 1, 1, true, 'Robotique', '', 1, '2099-11-09 09:00+01',"
            " '2099-11-09 12:00+01', ARRAY[id], 'confirmed', now() FROM resource WHERE slug = 'escapelab'"
        )
        connection.execute(
            "INSERT INTO occupancy (resource_id, reservation_id, during)"
            " SELECT resource_ids[1], id, tstzrange(starts_at, ends_at) FROM reservation"
        )

    closed = creneau("room", "set", "escapelab", "--closed")

    stands = "Stands all the same: 1, 2099-11-09 09:00, Robotique, Coordination."
    assert closed.stdout == f"escapelab: EscapeLAB, 8 (assumed) seats, closed.\n{stands}\n"


@pytest.mark.usefixtures("atelier")
def test_the_first_start_lays_down_what_a_coordinator_would(creneau: Type) -> None:
    shown = creneau("policy", "show").stdout

    assert len(re.findall(r"^(?:site|room \S+), version 1 of \S+: premier démarrage$", shown, re.MULTILINE)) == 7
    assert re.search(r'^opening +\{"monday": \["08:00-20:00"\]', shown, re.MULTILINE)
    assert re.search(r'^outside_opening +"warn" *$', shown, re.MULTILINE)
    assert "building_limit" not in shown
    assert re.search(r"^clearing_minutes +20 *$", creneau("policy", "show", "--room", "escapelab").stdout, re.MULTILINE)
    layouts = creneau("policy", "show", "--room", "flexi-16").stdout
    assert all(name in layouts for name in ("Rangées", "Îlots", '"U"', '"minutes": 30'))
    assert "Flexi 16+19" in creneau("room", "list").stdout


def test_a_knob_is_set_on_top_of_what_is_in_force(atelier: str, creneau: Type) -> None:
    changed = creneau(
        "policy", "set", "--room", "escapelab", "clearing_minutes=15", "who_may_request=group:staff,coordinators",
        "on_closures=warn", 'waiting_list={"mode": "off"}', "--reason", "essai",
    )  # fmt: skip

    assert changed.exit_code == 0, changed.stderr
    assert changed.stdout.startswith("room escapelab, version 2: {")
    body = {
        "clearing_minutes": 15,
        "who_may_request": ["group:staff", "coordinators"],
        "on_closures": "warn",
        "waiting_list": {"mode": "off"},
    }
    query = "SELECT body, reason, set_by FROM policy WHERE version = 2"
    assert rows(atelier, query) == [(body, "essai", 1)]
    unset = creneau("policy", "set", "--room", "escapelab", "on_closures=", "waiting_list=", "--reason", "fin")
    assert "on_closures" not in unset.stdout
    history = creneau("policy", "show", "--room", "escapelab", "--versions").stdout
    assert re.findall(r"^room escapelab, version (\d) of .*: (.*)$", history, re.MULTILINE) == [
        ("3", "fin"),
        ("2", "essai"),
        ("1", "premier démarrage"),
    ]


def test_a_whole_policy_comes_from_a_file(atelier: str, creneau: Type, tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    file.write_text(json.dumps({"lead_minutes": 120}))

    assert creneau("policy", "set", "--json", str(file), "--reason", "neuf").exit_code == 0
    assert rows(atelier, "SELECT body FROM policy WHERE scope = 'site' AND version = 2") == [({"lead_minutes": 120},)]


@pytest.mark.usefixtures("atelier")
def test_every_knob_is_listed_and_explained(creneau: Type) -> None:
    assert re.search(r"^building_limit +site +null *$", creneau("policy", "knobs").stdout, re.MULTILINE)
    explained = creneau("policy", "knobs", "lead_minutes").stdout
    assert explained.startswith("lead_minutes, for a site or room or group: How long before its start")
    assert "Default: 0. For example: lead_minutes=120\n" in explained


def test_the_house_closes_and_opens_again(atelier: str, creneau: Type) -> None:
    closed = creneau("close", "--from", "2099-12-24", "--to", "2099-12-31", "--reason", "Fermeture de Noël")
    away = creneau(
        "close", "flexi-16", "--from", "2099-07-01T13:30", "--to", "2099-07-01T17:00", "--reason", "Peinture"
    )

    assert closed.stdout == "Closure 1: all, 2099-12-24 00:00, 2100-01-01 00:00, Fermeture de Noël.\n"
    assert away.stdout == "Closure 2: flexi-16, 2099-07-01 13:30, 2099-07-01 17:00, Peinture.\n"
    listed = creneau("closures").stdout
    assert listed.index("Peinture") < listed.index("Noël")
    assert creneau("reopen", "1").stdout == "Closure 1 is taken back.\n"
    assert "Noël" not in creneau("closures").stdout
    kinds = rows(atelier, "SELECT type FROM event WHERE subject LIKE 'closure%' ORDER BY id")
    assert [kind for (kind,) in kinds] == ["Closed", "Closed", "Reopened"]


@pytest.mark.usefixtures("atelier")
def test_a_group_is_made_renamed_and_filled(creneau: Type) -> None:
    for person in ("ada", "bob"):
        creneau("token", "new", "--person", f"{person}@canope.example", "--name", person, "--role", "trainer")

    made = creneau("group", "set", "staff", "ada@canope.example", "Bob@canope.example", "--name", "Équipe")
    left = creneau("group", "set", "staff", "ada@canope.example")

    assert made.stdout == "staff: Équipe, 2 people.\n"
    assert left.stdout == "staff: Équipe, 1 person.\n"
    assert re.search(r"^staff +Équipe +ada@canope.example *$", creneau("group", "list").stdout, re.MULTILINE)
    assert creneau("policy", "set", "--group", "staff", "lead_minutes=0", "--reason", "équipe").exit_code == 0


R = ("--reason", "x")


IMPOSSIBLE = (
    (("room", "combine", "x", "flexi-16", "--name", "X"), "two rooms at least"),
    (("room", "combine", "x", "flexi-16", "flexi-16-19", "--name", "X"), "a combination itself"),
    (("room", "set", "flexi-16", "--quantity", "2"), "flexi-16 is a room: only equipment has a quantity."),
    (("room", "set", "flexi-16", "--seats", "9", "--by", "x@y.example"), "x@y.example has no coordinator's token"),
    (("equipment", "add", "flexi-16", "--name", "X"), "here already"),
    (("policy", "set", "lead_minutes=120"), "Missing option '--reason'"),
    (("policy", "set", *R), "Say KNOB=VALUE"),
    (("policy", "set", "lead_minutes", *R), "'lead_minutes' is not KNOB=VALUE"),
    (("policy", "set", "lead_minute=120", *R), "there is no such knob, did you mean 'lead_minutes'?"),
    (("policy", "set", "lead_minutes=soon", *R), "lead_minutes: input should be a valid integer"),
    (("policy", "set", "safety_limit=10", *R), "it cannot be set for a site, only for a room"),
    (("policy", "set", "lead_minutes=1", "--room", "nowhere", *R), "There is no room called 'nowhere' here."),
    (("policy", "set", "lead_minutes=1", "--room", "flexi-16", "--group", "x", *R), "Say --room or --group"),
    (("policy", "set", "--json", "pyproject.toml", *R), "pyproject.toml holds no JSON"),
    (("policy", "show", "--group", "nowhere"), "There is no group called 'nowhere' here."),
    (("policy", "knobs", "lead"), "There is no knob 'lead'"),
    (("close", "--from", "demain", "--to", "2099-01-01", *R), "'demain' is no day such as"),
    (("close", "--from", "2099-01-02", "--to", "2099-01-01", *R), "must end after it starts"),
    (("close", "--from", "2099-03-29T02:30", "--to", "2099-03-30", *R), "02:30"),
    (
        ("close", "nowhere", "--from", "2099-01-01", "--to", "2099-01-01", *R),
        "no room or resource called 'nowhere'",
    ),
    (("reopen", "4711"), "There is no such closure."),
    (("group", "set", "staff"), "A new group needs a --name."),
    (("group", "set", "staff", "x@y.example", "--name", "X"), "Nobody here has the address x@y.example."),
)


def test_what_cannot_be_done_is_one_line_that_says_why_and_leaves_no_trace(
    atelier: str, creneau: Type, subtests: pytest.Subtests
) -> None:
    before = rows(atelier, "SELECT count(*) FROM event")
    for words, told in IMPOSSIBLE:
        with subtests.test(" ".join(words)):
            answer = creneau(*words)
            assert answer.exit_code > 0
            assert answer.stdout == ""
            assert told in answer.stderr
            assert re.fullmatch(r"creneau: .+\n", answer.stderr)
    assert rows(atelier, "SELECT count(*) FROM event") == before


def test_without_a_coordinator_nobody_can_be_named(atelier: str, creneau: Type) -> None:
    creneau("token", "revoke", "1")

    refused = creneau("room", "set", "flexi-16", "--seats", "9")

    assert refused.stderr.startswith("creneau: Nobody has a coordinator's token here")
    assert rows(atelier, "SELECT seats FROM resource WHERE slug = 'flexi-16'") == [(16,)]
