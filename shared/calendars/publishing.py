"""Publishing: renders what changed since it was rendered last, once, and notes in which calendars it is now.

Guards. Whoever publishes holds the row of the site's calendar, so that no older picture is ever written over a newer
one. Marks are read before the book is, and exactly these are cleared in the commit that writes the texts: killed
before, nothing happened; a change that comes meanwhile has another mark, and is looked at anew; done twice, there is no
difference. Each calendar counts its changes under the lock of its row, in that commit: whoever sees a count sees all
changes up to it, and no lower one appears later, which is what makes an ETag or a sync-token of it safe.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.calendars.marks import Marks
from shared.calendars.picture import Album, Pictured, Subject, read
from shared.calendars.rendering import Rendering, Texts
from shared.calendars.writing import Edition, Shelf, write
from shared.store.base import Db
from shared.store.calendars import CalendarEntry
from shared.store.uids import series_uid, uid_of

Members = Mapping[Subject, Texts | None]

SECOND = timedelta(seconds=1)

log = structlog.get_logger()


def publish_some(db: Db, *, now: datetime, most: int = 100) -> int:
    """Publish about so many changes of one site; returns how many entries were looked at, and not to be so again.

    The caller commits.
    """
    marks = Marks.take(db, most)
    if marks is None:
        return 0
    album, shelf = read(db, marks.site_id, marks.keys), Shelf.read(db, marks.keys)
    editions, failed = [], []
    for picture in album.pictures:
        try:
            editions.append(_edition(album, picture, shelf, now))
        except (OperationalError, InterfaceError):
            raise  # the database is away or busy: that is nobody's fault, and passes
        except Exception:  # one that cannot be rendered must not hold up the others: it goes to the end of the queue
            log.exception("an entry cannot be rendered, the next tick tries again", entry=picture.key)
            failed.append(picture.key)
    write(db, marks.site_id, [edition for edition in editions if edition is not None])
    is_cleared = marks.clear(db)
    for key in failed:
        marks.put_back(db, key)
    return len(editions) if is_cleared else 0


def _edition(album: Album, picture: Pictured, shelf: Shelf, now: datetime) -> Edition | None:
    """What is to be written anew; None when all is as it was."""
    entry = shelf.entries.get(picture.key)
    if picture.dates:
        return _shown(album, picture, shelf, now)
    if entry is None or entry.cancelled_at is not None:
        return None
    # whoever has it is to see that it is called off, and not that it is gone
    members = shelf.members[picture.key]
    own = {subject: texts.called_off() if texts else None for subject, texts in members.items()}
    return _next(entry, Texts(entry.full_text, entry.busy_text).called_off(), own, now, cancelled_at=now)


def _shown(album: Album, picture: Pictured, shelf: Shelf, now: datetime) -> Edition | None:
    entry, before = shelf.entries.get(picture.key), shelf.members[picture.key]
    rendering = Rendering(album, picture, entry.uid if entry else _uid(album, picture, shelf))
    texts, members = rendering.texts(picture.dates), _members(album, picture, rendering)
    span = {
        "zone": rendering.zone,
        "starts_at": min(a_date.starts_at for a_date in picture.dates),
        "ends_at": max(a_date.ends_at for a_date in picture.dates),
    }
    if entry is None:
        kind, id_ = picture.key
        return _first({f"{kind}_id": id_, "uid": rendering.uid, **span}, picture, texts, members, now)
    as_before = {s: t.stamped(entry.version, entry.dtstamp) if t else None for s, t in members.items()}
    gone = frozenset(before.keys() - members.keys())
    is_same = texts.stamped(entry.version, entry.dtstamp) == Texts(entry.full_text, entry.busy_text)
    if is_same and all(as_before[subject] == before[subject] for subject in before.keys() & members.keys()):
        come = {subject: own for subject, own in as_before.items() if subject not in before}
        return Edition(picture.key, entry.id, None, come, gone, now) if come or gone else None
    return _next(entry, texts, members, now, gone=gone, **span)


def _first(columns: Mapping[str, object], picture: Pictured, texts: Texts, members: Members, now: datetime) -> Edition:
    dtstamp = now.replace(microsecond=0)
    texts = texts.stamped(1, dtstamp)
    stamped = {subject: own.stamped(1, dtstamp) if own else None for subject, own in members.items()}
    row = {**columns, "version": 1, "dtstamp": dtstamp, "full_text": texts.full, "busy_text": texts.busy}
    return Edition(picture.key, None, row, stamped, frozenset(), now)


def _next(
    entry: CalendarEntry,
    texts: Texts,
    members: Members,
    now: datetime,
    *,
    gone: frozenset[Subject] = frozenset(),
    **columns: object,
) -> Edition:
    """Under a later DTSTAMP: calendars ignore what is not newer, and it says no less than a second."""
    version, dtstamp = entry.version + 1, max(now.replace(microsecond=0), entry.dtstamp + SECOND)
    texts = texts.stamped(version, dtstamp)
    stamped = {subject: own.stamped(version, dtstamp) if own else None for subject, own in members.items()}
    kept = {"zone": entry.zone, "starts_at": entry.starts_at, "ends_at": entry.ends_at, "cancelled_at": None}
    row = kept | columns | {"version": version, "dtstamp": dtstamp, "full_text": texts.full, "busy_text": texts.busy}
    key = ("series", entry.series_id) if entry.series_id is not None else ("reservation", entry.reservation_id or 0)
    return Edition(key, entry.id, row, stamped, gone, now)


def _members(album: Album, picture: Pictured, rendering: Rendering) -> Members:
    """The calendars that it belongs in, with texts of their own where only some of its dates do."""
    dates: defaultdict[Subject, list[int]] = defaultdict(list)
    for number, a_date in enumerate(picture.dates):
        for subject in album.subjects_of(a_date) | picture.invited:
            dates[subject].append(number)
    rendered: dict[tuple[int, ...], Texts] = {}
    members: dict[Subject, Texts | None] = {}
    for subject, numbers in dates.items():
        some = tuple(numbers)
        if len(some) < len(picture.dates) and some not in rendered:
            rendered[some] = rendering.texts([picture.dates[number] for number in some])
        members[subject] = rendered.get(some)
    return members


def _uid(album: Album, picture: Pictured, shelf: Shelf) -> str:
    """That of the invitation, or the one that an invitation will take; from the first edition on it stays."""
    kind, id_ = picture.key
    if picture.key in shelf.invited:
        return shelf.invited[picture.key]
    if kind == "series":
        return series_uid(id_, shelf.made[picture.key], album.site.mail_domain)
    return uid_of(id_, shelf.made[picture.key], "", album.site.mail_domain)
