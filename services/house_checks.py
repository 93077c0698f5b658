"""What the doctor looks at inside of a house: who decides, what is laid down, what is due, who waits."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select, text

from services.findings import Finding, Verdict, overdue, unless
from shared import ruling
from shared.domain.days import school_calendar_ends
from shared.domain.policy import merge
from shared.domain.policy.references import loose_ends
from shared.settings import settings
from shared.store.base import Db
from shared.store.people import PersonGroup, Role, Token
from shared.store.places import Resource, Site
from shared.store.webhooks import Webhook
from shared.watching import Pulse

ENOUGH_SCHOOL = timedelta(days=365)

# Whoever is looked at again because something gave way, and whoever waits for what has begun: both for a moment only.
IN_LINE = text("""
SELECT min(waiting_since) FILTER (WHERE turn IS NOT NULL) AS since,
       count(*) FILTER (WHERE starts_at < CAST(:now AS timestamptz) - interval '1 minute') AS left_behind
FROM reservation WHERE state = 'waitlisted'
""")


def look(db: Db, pulse: Pulse, now: datetime) -> list[Finding]:
    """Every check of every site."""
    sites = db.scalars(select(Site).order_by(Site.id)).all()
    return [
        _coordinators(db, sites),
        _references(db, sites),
        _safety(db, sites),
        _school(db, sites, now.date()),
        _timers(pulse),
        _in_line(db, pulse, now),
        _webhooks(db, pulse),
    ]


def _coordinators(db: Db, sites: Sequence[Site]) -> Finding:
    have = set(db.scalars(select(Token.site_id).where(Token.role == Role.COORDINATOR, Token.revoked_at.is_(None))))
    without = [site.slug for site in sites if site.id not in have]
    return unless(
        f"nobody decides at {', '.join(without)}" if without else "",
        "coordinators",
        "somebody decides",
        "creneau token new --role coordinator …",
    )


def _references(db: Db, sites: Sequence[Site]) -> Finding:
    found: list[str] = []
    for site in sites:
        policies = [(f"{about.scope} {about.slug}".strip(), row.body) for about, row in ruling.policies(db, site.id)]
        groups = db.scalars(select(PersonGroup.slug).where(PersonGroup.site_id == site.id)).all()
        found += loose_ends(policies, groups)
    return unless(
        "; ".join(found[:5]), "policies", "name what there is", "creneau group set …, or creneau policy set …"
    )


def _safety(db: Db, sites: Sequence[Site]) -> Finding:
    """The law has limits, and only who has read them may write them down."""
    unknown: list[str] = []
    for site in sites:
        knobs = {(about.scope, about.slug): row.body for about, row in ruling.policies(db, site.id)}
        rooms = db.scalars(
            select(Resource.slug).where(Resource.site_id == site.id, Resource.kind == "room", Resource.part_ids == [])
        ).all()
        without = [slug for slug in rooms if knobs.get(("room", slug), {}).get("safety_limit") is None]
        if knobs.get(("site", ""), {}).get("building_limit") is None:
            unknown.append(f"of the building of {site.slug}")
        unknown += [f"of {slug}" for slug in without[:5]]
    todo = "creneau policy set building_limit=…, and --room … safety_limit=…, as the fire regulations say"
    return unless(f"not known: {', '.join(unknown)}" if unknown else "", "safety limits", "known", todo)


def _school(db: Db, sites: Sequence[Site], today: date) -> Finding:
    """Beyond what is published, every day is a school day."""
    ends = school_calendar_ends()
    bodies = [row.body for site in sites for _, row in ruling.policies(db, site.id)]
    matters = any(merge(body).on_school_holidays != "allow" for body in bodies)
    is_short = matters and ends - today < ENOUGH_SCHOOL
    todo = "Take a newer vacances-scolaires-france, or POST /api/school-holidays."
    return unless(f"ends on {ends}" if is_short else "", "school calendar", f"known until {ends}", todo)


def _timers(pulse: Pulse) -> Finding:
    todo = "Options, approvals and waiting lists end late. Do schedule and decide run?"
    return overdue("timers", f"{pulse.held} held", pulse.timers_overdue, warn=60, fail=3600, todo=todo)


def _in_line(db: Db, pulse: Pulse, now: datetime) -> Finding:
    line = db.execute(IN_LINE, {"now": now}).one()
    if line.left_behind:
        found = f"{line.left_behind} of {pulse.waitlisted} wait for what has begun"
        return Finding("waiting list", Verdict.WARN, found, "Do schedule and decide run?")
    age = (now - line.since).total_seconds() if line.since else 0.0
    todo = "Something gave way, and nobody decides who gets it. Do relay and decide run?"
    return overdue("waiting list", f"{pulse.waitlisted} wait", age, warn=5, fail=60, todo=todo)


def _webhooks(db: Db, pulse: Pulse) -> Finding:
    given_up = select(Webhook.label).where(
        Webhook.disabled_reason.in_(["gone", "failing"]), Webhook.deleted_at.is_(None)
    )
    labels = db.scalars(given_up.order_by(Webhook.id).limit(5)).all()
    if labels:
        found = f"called no more, since they did not answer properly: {', '.join(labels)}"
        todo = "GET /api/webhooks says why; correct and enable them, or take them away."
        return Finding("webhooks", Verdict.WARN, found, todo)
    if settings().webhooks_allow_local and urlsplit(settings().public_url).hostname not in {"localhost", "127.0.0.1"}:
        found = "may call what only this server reaches"
        return Finding("webhooks", Verdict.WARN, found, "Unset WEBHOOKS_ALLOW_LOCAL: it is for development.")
    return overdue("webhooks", "sent", pulse.oldest_untold_age, warn=120, fail=3600, todo="Does publish run?")
