"""One log for all processes: readable lines or JSON, each with the correlation id of what it is about."""

import logging
import sys

import structlog

from shared.settings import settings

CHATTY = ("celery.worker.strategy", "celery.app.trace", "celery.beat", "kombu", "httpx", "alembic", "mail.log")
SECRETS = frozenset(
    {"authorization", "token", "password", "secret", "url", "database_url", "redis_url", "smtp_url", "imap_url"}
)


def configure(part: str) -> None:
    """Send structlog and the standard library's logging to stderr in one form; `part` names the process."""
    conf = settings()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if conf.log_format == "json" else "%H:%M:%S", utc=False),
        _without_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if conf.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=30,
            exception_formatter=structlog.dev.plain_traceback,  # the pretty ones print local variables: secrets
        )
    )
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[conf.log_level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=conf.log_level, force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(part=part)


def _without_secrets(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: "…" if name.lower() in SECRETS else value for name, value in event.items()}
