"""`creneau doctor`: looks at everything that an installation stands on, and says what was found and what to do."""

import tempfile
from datetime import UTC, datetime
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Connection, orm, select, text
from sqlalchemy.exc import DBAPIError

from services import mail_checks
from services.commands.edge import checked_settings, first_line
from services.findings import Finding, Verdict, overdue
from services.house_checks import look
from shared.domain.errors import CreneauError
from shared.mail import ConfigurationFailure, PassingFailure
from shared.mail.server import Server
from shared.settings import Settings
from shared.store.base import connect
from shared.store.migrate import is_current
from shared.store.places import Site
from shared.watching import Pulse, pulse

OLDEST_POSTGRES = 15
OLDEST_BROKER = {"Valkey": 8, "Redis": 7}
MOST_DRIFT = 2.0
DEFAULT_DOMAIN = "creneau.localhost"


def examine() -> list[Finding]:
    """Every check that can be made; what a failed one makes impossible is left out."""
    try:
        conf = checked_settings()
    except CreneauError as error:
        return [Finding("settings", Verdict.FAIL, error.message, "See deploy/env.example.")]
    settings = Finding("settings", Verdict.OK, "complete")
    return [settings, *_database(conf), *_broker(conf), _mail(conf), *mail_checks.look(conf)]


def _database(conf: Settings) -> list[Finding]:
    engine = connect(conf.database_url.get_secret_value(), pool_size=1)
    try:
        with engine.connect() as connection:
            return _inside(connection)
    except DBAPIError as error:
        todo = "Start it, or correct DATABASE_URL."
        return [Finding("database", Verdict.FAIL, f"does not answer: {first_line(error)}", todo)]
    finally:
        engine.dispose()


def _inside(connection: Connection) -> list[Finding]:
    version = int(connection.scalar(text("SELECT current_setting('server_version_num')::int")) or 0) // 10_000
    findings = [
        Finding("database", Verdict.OK, f"PostgreSQL {version}")
        if version >= OLDEST_POSTGRES
        else Finding("database", Verdict.FAIL, f"PostgreSQL {version}", f"Use {OLDEST_POSTGRES} or newer."),
        _clock(connection),
    ]
    if not is_current(connection):
        return [*findings, Finding("schema", Verdict.FAIL, "not migrated to what this code needs", "creneau migrate")]
    has_gist = connection.scalar(text("SELECT true FROM pg_extension WHERE extname = 'btree_gist'"))
    findings.append(
        Finding("schema", Verdict.OK, "current, with btree_gist")
        if has_gist
        else Finding("schema", Verdict.FAIL, "without btree_gist", "As superuser: CREATE EXTENSION btree_gist")
    )
    with orm.Session(connection) as db:
        now = pulse(db, datetime.now(UTC))
        domains = db.scalars(select(Site.mail_domain)).all()
        of_house = look(db, now, datetime.now(UTC))
    of_mail = [_sending(now), _dead(now), _mail_domain(list(domains)), *mail_checks.waiting(now)]
    return [*findings, _deciding(now), *of_mail, *of_house]


def _clock(connection: Connection) -> Finding:
    before = datetime.now(UTC)
    theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = datetime.now(UTC)
    drift = max((theirs - after).total_seconds(), (before - theirs).total_seconds(), 0.0)
    if drift > MOST_DRIFT:
        return Finding("clock", Verdict.WARN, f"{drift:.0f} s from the database's", "Let both machines follow NTP.")
    return Finding("clock", Verdict.OK, "agrees with the database's")


def _deciding(now: Pulse) -> Finding:
    count, todo = f"{now.requests_waiting} waiting", "Do relay and decide run?"
    return overdue("requests", count, now.oldest_request_age, warn=5, fail=60, todo=todo)


def _sending(now: Pulse) -> Finding:
    open_mails = sum(now.deliveries[state] for state in ("queued", "sending", "committing"))
    todo = "Does mail run? See `mail out`."
    return overdue("mails", f"{open_mails} waiting", now.oldest_unsent_age, warn=120, fail=3600, todo=todo)


def _dead(now: Pulse) -> Finding:
    dead, failed = now.deliveries["dead"], now.deliveries["failed"]
    if dead or failed:
        todo = "GET /api/deliveries?state=dead (or failed) says why; POST …/redelivery sends one again."
        return Finding("lost mails", Verdict.WARN, f"{dead} given up, {failed} refused for good", todo)
    return Finding("lost mails", Verdict.OK, "none")


def _mail_domain(domains: list[str]) -> Finding:
    if DEFAULT_DOMAIN in domains:
        todo = "creneau site set --mail-domain …, one that this system receives mail on"
        return Finding("mail domain", Verdict.WARN, f"still {DEFAULT_DOMAIN}: nobody can answer", todo)
    if len({domain.lower() for domain in domains}) < len(domains):
        todo = "creneau site set --mail-domain …, another one for each"
        return Finding("mail domain", Verdict.WARN, "two sites have the same: their mails cannot be told apart", todo)
    return Finding("mail domain", Verdict.OK, ", ".join(domains) or "no site yet")


def _broker(conf: Settings) -> list[Finding]:
    try:
        client = redis.Redis.from_url(
            conf.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        with client:
            return _about_broker(client.info())
    except ValueError:  # its words may quote the URL
        return [Finding("broker", Verdict.FAIL, "REDIS_URL is malformed", "redis://:password@host:6379/0")]
    except redis.RedisError as error:
        todo = "Start it, or correct REDIS_URL; until then everything takes a second longer."
        return [Finding("broker", Verdict.FAIL, f"does not answer: {error}", todo)]


def _about_broker(info: dict[str, Any]) -> list[Finding]:
    # Valkey gives a redis_version too, that of its last common ancestor
    name, version = ("Valkey", info["valkey_version"]) if "valkey_version" in info else ("Redis", info["redis_version"])
    is_new = int(str(version).partition(".")[0]) >= OLDEST_BROKER[name]
    todo = "" if is_new else f"Use {name} {OLDEST_BROKER[name]} or newer."
    findings = [Finding("broker", Verdict.OK if is_new else Verdict.FAIL, f"{name} {version}", todo)]
    keeps = bool(info.get("aof_enabled"))
    evicts = info.get("maxmemory_policy", "noeviction") != "noeviction"
    todo = "; ".join((["appendonly yes"] if not keeps else []) + (["maxmemory-policy noeviction"] if evicts else []))
    words = f"{'written down' if keeps else 'lost at a restart'}, {info.get('maxmemory_policy', 'eviction not told')}"
    return [*findings, Finding("broker memory", Verdict.WARN if todo else Verdict.OK, words, todo)]


def _mail(conf: Settings) -> Finding:
    if conf.smtp_url:
        return _smtp(conf.smtp_url.get_secret_value())
    try:
        conf.mail_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=conf.mail_dir):
            return Finding("mail out", Verdict.OK, f"kept in {conf.mail_dir}", "SMTP_URL would send them.")
    except OSError as error:
        todo = "Correct MAIL_DIR or its rights, or set SMTP_URL."
        return Finding("mail out", Verdict.FAIL, f"{conf.mail_dir}: {error.strerror}", todo)


def _smtp(url: str) -> Finding:
    try:
        server = Server.from_url(url)
        server.open(server.tls(), None, connect_timeout=5, answer_timeout=5).close()
    except ValueError as error:
        return Finding("mail out", Verdict.FAIL, "SMTP_URL is malformed", str(error))
    except ConfigurationFailure as error:
        return Finding("mail out", Verdict.FAIL, error.reason, "Correct SMTP_URL: the server does not take us so.")
    except PassingFailure as error:
        return Finding("mail out", Verdict.FAIL, error.reason, "Is the server up, and is port and host right?")
    who = "as a known user" if server.user else "without a login"
    return Finding("mail out", Verdict.OK, f"{server.host}:{server.port} takes us {who}")
