"""A training that is requested in Arras, as the letters of these tests tell of it."""

from datetime import UTC, datetime

from shared.letters.facts import Facts

START, END = datetime(2027, 11, 9, 8, tzinfo=UTC), datetime(2027, 11, 9, 11, 30, tzinfo=UTC)
DEADLINE = datetime(2027, 11, 4, 8, tzinfo=UTC)
SLOT = "mardi 9 novembre 2027, de 9 h 00 à 12 h 30"
FACTS = Facts(
    title="Atelier storyboard",
    start=START,
    end=END,
    zone="Europe/Paris",
    place="Flexi 16",
    site="Atelier Canopé 62",
    address="37 rue du Temple, Arras",
    organizer="Camille Dûment",
    contact="atelier62@canope.example",
    recipient="Camille",
    own=True,
)
