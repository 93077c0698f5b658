"""The play from beginning to end: register, collide, repeat, hold, obey, find, change, and see who got which mails."""

from datetime import UTC, datetime

from services.demo import stage
from services.demo.cast import cast_of
from services.demo.changing import change
from services.demo.client import Client
from services.demo.colliding import collide
from services.demo.finding import find
from services.demo.holding import hold
from services.demo.mails import Mails, show_letters, show_people
from services.demo.programme import TRAINING
from services.demo.registering import register
from services.demo.repeating import repeat
from services.demo.ruling import obey


def play(url: str, *, token: str | None) -> None:
    """Show the system at that URL at work; a CreneauError says what keeps the play from going on."""
    since = datetime.now(UTC).isoformat()
    with (
        cast_of(token) as cast,
        Client.of(url, cast.coordinator) as coordinator,
        Client.of(url, cast.trainer) as trainer,
    ):
        stage.say(f"Démonstration sur {url} : personnes, adresses et classes sont inventées.")
        mails = Mails(coordinator)
        activities = register(coordinator, trainer, cast, mails)
        mails.wait()
        collide(trainer, mails)
        repeat(coordinator, trainer, mails)
        hold(coordinator, trainer, mails)
        obey(coordinator, trainer, mails)
        find(trainer)
        change(trainer, activities[TRAINING], mails)
        are_sent = mails.wait()
        stage.act("Qui a reçu quoi")
        show_people(mails)
        stage.act("Les courriers de cette démonstration, hors premières invitations")
        show_letters(mails, since)
        if not are_sent:
            stage.say("Après une minute, des courriers attendent encore : `creneau doctor` dit pourquoi.")
        if cast.mails:
            stage.say("Les courriers sont dans ce dossier maildir, que Thunderbird, mutt -f ou un éditeur ouvrent :")
            stage.say(cast.mails)
