"""Damaged mails all the way in: a row each, on the real database, and each ends as handled or in quarantine."""

import os
import random
import re
from datetime import UTC, datetime

import pytest

from shared import broker
from shared.handling import limits
from tests.fuzz.mutations import DIALECTS, Mutations
from tests.house import House
from tests.letters_in import RESERVATIONS, ROOM, come_in, handle_all
from tests.post_office import PostOffice

MAILS = int(os.environ.get("FUZZ_HANDLED", "200"))
SEED = os.environ.get("FUZZ_SEED", "in every run")
BATCH = 50
ORGANIZERS = re.compile(rb"(paul\.roussel|orga)@[a-z]+\.example", re.IGNORECASE)
MESSAGE_ID = re.compile(rb"^message-id:[^\n]*", re.IGNORECASE | re.MULTILINE)
SENDER = re.compile(rb"^From: .*?([a-z.]+@[a-z.]+)>?\r?$", re.IGNORECASE | re.MULTILINE)


@pytest.fixture
def book(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """On the clock at which the task looks, and with no limit to what one person may send in an hour."""
    monkeypatch.setattr(broker, "ring", lambda *_: None)
    monkeypatch.setattr(limits, "MOST_OF_ENTRY", 10**9)
    monkeypatch.setattr(limits, "MOST_OF_SENDER", 10**9)
    house.now = datetime.now(UTC)
    return house


@pytest.mark.timeout(0)
def test_damaged_mails_end_as_handled_or_in_quarantine(book: House) -> None:
    invite(book)
    keys = [row.key for row in book.rows("SELECT key FROM delivery")]
    mutations, chance = Mutations(SEED), random.Random(SEED)
    for start in range(0, MAILS, BATCH):
        for number in range(start, min(MAILS, start + BATCH)):
            raw = MESSAGE_ID.sub(b"Message-ID: <%d@college.example>" % number, mutations.mail(number), count=1)
            bounces = f"bounces+{chance.choice(keys).hex}@creneau.example"
            recipient = chance.choice((RESERVATIONS, RESERVATIONS, ROOM, ROOM, bounces))
            come_in(book, ORGANIZERS.sub(b"anne@example.org", raw), recipient)
        handle_all()
        book.decide()
        book.announce()
    left = book.rows(
        "SELECT id, state, outcome, details FROM inbound_mail"
        " WHERE failures > 0 OR state = 'waiting' OR outcome IN ('failed', 'kills_its_reader')"
    )
    assert left == []
    outcomes = {row.outcome: row.count for row in book.rows("SELECT outcome, count(*) FROM inbound_mail GROUP BY 1")}
    assert sum(outcomes.values()) > MAILS * 0.9  # the same bytes twice are one mail
    assert {"answered", "cut_off", "unauthenticated"} <= outcomes.keys()


def invite(book: House) -> None:
    """Everybody who answers in the corpus is asked to what they answer to."""
    senders = {found[1].decode().lower() for path in DIALECTS.iterdir() for found in SENDER.finditer(path.read_bytes())}
    people = sorted(senders)
    book.confirmed("flexi-19", guests=people)
    series = book.series("FREQ=WEEKLY;COUNT=7", "flexi-36", guests=people)
    book.decide()
    book.announce()
    head = book.dates(series)[0].id
    rename(book, "festival-7@creneau.example", head, "<>")
    rename(book, "club-3@creneau.example", head, "=")
    PostOffice(book).collect()


def rename(book: House, uid: str, head: int, compare: str) -> None:
    query = f"UPDATE invitation SET uid = :uid WHERE reservation_id {compare} :head RETURNING 1"
    assert book.rows(query, uid=uid, head=head)
