"""Public activities in words: as a page, and as a JSON Feed (https://www.jsonfeed.org/version/1.1)."""

import re
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.letters.facts import Language
from shared.letters.half_days import HALF_DAYS, half_day
from shared.letters.times import slot_in_words
from shared.letters.typography import typeset
from shared.store.places import Site
from shared.whats_on import PublicActivity, PublicSession, WhatsOn

SAY: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Activités ouvertes à tous : {site}",
        "where": "Lieu :",
        "online": "En ligne",
        "nothing": "Aucune activité ouverte à tous n’est prévue pour l’instant.",  # noqa: RUF001  typographic
    },
    "en": {
        "title": "Activities open to everybody: {site}",
        "where": "Where:",
        "online": "Online",
        "nothing": "No activity open to everybody is planned for now.",
    },
}


def page(found: WhatsOn, language: Language, *, base: str) -> str:
    """The whole page; `base` is where everybody reaches this system."""
    html = _environment().get_template("activities.html.jinja")
    written = html.render(
        language=language,
        say=SAY[language],
        title=_title(found.site, language),
        feed=_address(found.site, language, base, ".json"),
        activities=[_activity(activity, found.site, language) for activity in found.activities],
    )
    if language == "en":
        return written
    return re.sub("(?<=>)[^<]+", lambda between_tags: typeset(between_tags[0]), written)


def json_feed(found: WhatsOn, language: Language, *, base: str) -> dict[str, Any]:
    """The feed, in order of time."""
    of_activities = [(activity, session) for activity in found.activities for session in activity.sessions]
    items = sorted(of_activities, key=lambda pair: (pair[1].start, pair[1].id))
    here = _address(found.site, language, base)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(found.site, language),
        "language": language,
        "home_page_url": here,
        "feed_url": _address(found.site, language, base, ".json"),
        "items": [_item(activity, session, found.site, language, here) for activity, session in items],
    }


def _item(
    activity: PublicActivity, session: PublicSession, site: Site, language: Language, here: str
) -> dict[str, Any]:
    when, where = _when(session, site, language), _where(session, site, language)
    half = half_day(session.start, session.end, site.zone)
    title = f"{activity.title}, {session.title}" if session.title else activity.title
    told = {
        "id": f"{here.partition('?')[0]}#session-{session.id}",
        "url": f"{here}#session-{session.id}",
        "title": title,
        "content_text": f"{when} ({HALF_DAYS[language][half]})\n{where}",
        "_creneau": {
            "activity": activity.id,
            "session": session.id,
            "start": session.start,
            "end": session.end,
            "zone": site.zone,
            "half_day": half,
            "place": session.place,
            "rooms": list(session.rooms),
            "where": where,
        },
    }
    return told | ({"date_published": session.decided_at} if session.decided_at else {})


def _activity(activity: PublicActivity, site: Site, language: Language) -> dict[str, Any]:
    sessions = [
        {
            "id": session.id,
            "title": session.title,
            "iso": session.start.isoformat(),
            "when": _capital(_when(session, site, language)),
            "half_day": HALF_DAYS[language][half_day(session.start, session.end, site.zone)],
            "where": _where(session, site, language),
        }
        for session in activity.sessions
    ]
    return {"id": activity.id, "title": activity.title, "sessions": sessions}


def _title(site: Site, language: Language) -> str:
    return SAY[language]["title"].format(site=site.name)


def _address(site: Site, language: Language, base: str, suffix: str = "") -> str:
    return f"{base}/embed/{site.slug}/activities{suffix}" + ("?lang=en" if language == "en" else "")


def _when(session: PublicSession, site: Site, language: Language) -> str:
    return slot_in_words(session.start, session.end, site.zone, language)


def _where(session: PublicSession, site: Site, language: Language) -> str:
    """The rooms with the house around them, the place in words, or that one stays at home."""
    if session.place == "online":
        return SAY[language]["online"]
    return session.where or ", ".join((*session.rooms, site.name, site.address))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("services.calendars", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
