"""Webhooks, for coordinators: which systems are called, what they were told, and telling them again."""

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from services.api.access import Booker, Caller
from services.api.preferences import IdempotencyKey, Version, etag
from services.api.problems import answers
from services.api.transactions import InTransaction, Reading, once
from services.api.webhook_schemas import (
    MessageFilters,
    MessagePage,
    MessageView,
    NewWebhook,
    ReplayView,
    Since,
    WebhookChange,
    WebhookView,
    WholeMessageView,
)
from shared.domain.errors import NotAllowedError, NotFoundError
from shared.domain.slots import instant
from shared.settings import settings
from shared.store.base import Db
from shared.store.people import Organisation
from shared.store.webhooks import Webhook, WebhookMessage
from shared.webhooks import keeping
from shared.webhooks.signing import message_id

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

Id = Annotated[int, Path(ge=1, lt=2**63)]
READ = answers(401, 403, 404, 422)
SEND = answers(401, 403, 404, 409, 422)


@router.post("", status_code=201, response_model=WebhookView, responses=answers(401, 403, 413, 422))
def add(db: InTransaction, new: NewWebhook, caller: Booker, key: IdempotencyKey) -> Response:
    """Have a system called; the answer shows its secret, once. A retry with the same key does not show it again."""
    secret: list[str] = []

    def do() -> Response:
        webhook = keeping.add(
            db,
            keeping.NewWebhook(new.url, tuple(new.types), new.label, new.organisation),
            by=caller.actor,
            now=datetime.now(UTC),
            allow_local=settings().webhooks_allow_local,
        )
        secret.append(webhook.secret)
        return _shown(db, webhook, 201)

    # what is remembered for the key is the answer without the secret
    return _with_secret(once(db, key, do), secret)


@router.get("", response_model=list[WebhookView], responses=answers(401, 403))
def index(db: Reading, caller: Booker) -> list[WebhookView]:
    """All webhooks of the site, with how they are doing."""
    _check(caller)
    rows = db.execute(_webhooks(caller).order_by(Webhook.id))
    return [_view(webhook, organisation) for webhook, organisation in rows]


@router.get("/{webhook_id}", response_model=WebhookView, responses=READ)
def show(db: Reading, webhook_id: Id, caller: Booker) -> Response:
    """One webhook; its ETag is what If-Match wants."""
    return _shown(db, _seen_by(db, webhook_id, caller), 200)


@router.patch("/{webhook_id}", response_model=WebhookView, responses=answers(401, 403, 404, 412, 413, 422, 428))
def change(db: InTransaction, webhook_id: Id, wanted: WebhookChange, caller: Booker, version: Version) -> Response:
    """Change where it is and what it hears of, or whether it is called; enabled, it goes on with what waits."""
    webhook = keeping.change(
        db,
        webhook_id,
        keeping.WebhookChange(wanted.url, tuple(wanted.types) if wanted.types else None, wanted.label, wanted.enabled),
        version=version,
        by=caller.actor,
        now=datetime.now(UTC),
        allow_local=settings().webhooks_allow_local,
    )
    return _shown(db, webhook, 200)


@router.delete("/{webhook_id}", status_code=204, response_class=Response, responses=READ)
def take_away(db: InTransaction, webhook_id: Id, caller: Booker) -> Response:
    """Call it never again."""
    keeping.take_away(db, webhook_id, by=caller.actor, now=datetime.now(UTC))
    return Response(status_code=204)


@router.post("/{webhook_id}/secret", status_code=201, response_model=WebhookView, responses=READ)
def rotate(db: InTransaction, webhook_id: Id, caller: Booker, key: IdempotencyKey) -> Response:
    """Make another secret, shown once; for 24 hours messages are signed with both."""
    secret: list[str] = []

    def do() -> Response:
        webhook = keeping.rotate(db, webhook_id, by=caller.actor, now=datetime.now(UTC))
        secret.append(webhook.secret)
        return _shown(db, webhook, 201)

    return _with_secret(once(db, key, do), secret)


@router.post("/{webhook_id}/test", status_code=202, response_model=WholeMessageView, responses=SEND)
def try_out(db: InTransaction, webhook_id: Id, caller: Booker, key: IdempotencyKey) -> Response:
    """Send a `webhook.test`; the log tells what came of it."""

    def do() -> Response:
        return _queued(keeping.test(db, webhook_id, by=caller.actor, now=datetime.now(UTC)))

    return once(db, key, do)


@router.post(
    "/{webhook_id}/replay",
    status_code=202,
    response_model=ReplayView,
    responses=answers(401, 403, 404, 409, 413, 422),
)
def replay_since(db: InTransaction, webhook_id: Id, which: Since, caller: Booker, key: IdempotencyKey) -> Response:
    """Send again what happened since a moment and has not arrived, what was missed while it was disabled included."""

    def do() -> Response:
        since = instant(which.since, which.zone)
        queued = keeping.replay_since(
            db, webhook_id, since, everything=which.everything, by=caller.actor, now=datetime.now(UTC)
        )
        return Response(ReplayView(queued=queued).model_dump_json(), 202, media_type="application/json")

    return once(db, key, do)


@router.get("/{webhook_id}/messages", response_model=MessagePage, responses=READ)
def messages(
    request: Request, db: Reading, webhook_id: Id, caller: Booker, filters: Annotated[MessageFilters, Query()]
) -> Response:
    """The log, newest first: what was sent, what waits, and what came back."""
    _seen_by(db, webhook_id, caller)
    wanted = select(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id)
    if filters.state is not None:
        wanted = wanted.where(WebhookMessage.state == filters.state)
    if filters.cursor is not None:
        wanted = wanted.where(WebhookMessage.id < filters.cursor)
    found = db.scalars(wanted.order_by(WebhookMessage.id.desc()).limit(filters.limit + 1)).all()
    shown = found[: filters.limit]
    following = str(shown[-1].id) if len(found) > filters.limit else None
    headers = {"Link": f'<{request.url.include_query_params(cursor=following)}>; rel="next"'} if following else {}
    page = MessagePage(items=[MessageView(**_line(message)) for message in shown], next=following)
    return Response(page.model_dump_json(), headers=headers, media_type="application/json")


@router.get("/{webhook_id}/messages/{message_id}", response_model=WholeMessageView, responses=READ)
def message(db: Reading, webhook_id: Id, message_id: Id, caller: Booker) -> WholeMessageView:
    """One message with what it tells."""
    _seen_by(db, webhook_id, caller)
    wanted = select(WebhookMessage).options(undefer(WebhookMessage.body))
    found = db.scalars(wanted.where(WebhookMessage.id == message_id, WebhookMessage.webhook_id == webhook_id)).first()
    if found is None:
        raise NotFoundError("There is no such message.")
    return _whole(found)


@router.post(
    "/{webhook_id}/messages/{message_id}/replay", status_code=202, response_model=WholeMessageView, responses=SEND
)
def replay(db: InTransaction, webhook_id: Id, message_id: Id, caller: Booker, key: IdempotencyKey) -> Response:
    """Send one message again, with the same webhook-id and the same bytes."""

    def do() -> Response:
        again = keeping.replay(db, webhook_id, message_id, by=caller.actor, now=datetime.now(UTC))
        db.flush()
        return _queued(again)

    return once(db, key, do)


def _check(caller: Caller) -> None:
    if not caller.is_coordinator:
        raise NotAllowedError("Only a coordinator sees which systems are called.")


def _webhooks(caller: Caller) -> Select[Webhook, str]:
    return (
        select(Webhook, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Webhook.organisation_id)
        .where(Webhook.site_id == caller.site_id, Webhook.deleted_at.is_(None))
    )


def _seen_by(db: Db, webhook_id: int, caller: Caller) -> Webhook:
    _check(caller)
    found = db.execute(_webhooks(caller).where(Webhook.id == webhook_id)).first()
    if found is None:
        raise NotFoundError("There is no such webhook.")
    webhook: Webhook = found[0]
    return webhook


def _shown(db: Db, webhook: Webhook, status: int) -> Response:
    db.flush()
    organisation = db.get(Organisation, webhook.organisation_id) if webhook.organisation_id else None
    return Response(
        _view(webhook, organisation.name if organisation else None).model_dump_json(),
        status,
        headers={"Location": f"/api/webhooks/{webhook.id}", "ETag": etag(webhook.version)},
        media_type="application/json",
    )


def _with_secret(answer: Response, secret: list[str]) -> Response:
    """The answer with the secret in it, when it was made just now."""
    if not secret:
        return answer
    body = orjson.dumps(orjson.loads(bytes(answer.body)) | {"secret": secret[0]})
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(body, answer.status_code, headers=headers | {"Cache-Control": "no-store"})


def _queued(message: WebhookMessage) -> Response:
    body = _whole(message).model_dump_json()
    return Response(body, 202, media_type="application/json")


def _view(webhook: Webhook, organisation: str | None) -> WebhookView:
    return WebhookView(
        id=webhook.id,
        label=webhook.label,
        url=webhook.url,
        types=webhook.types,
        organisation=organisation,
        secret=None,
        former_secret_until=webhook.former_until,
        enabled=webhook.disabled_at is None,
        disabled_at=webhook.disabled_at,
        disabled_reason=webhook.disabled_reason,
        failing_since=webhook.failing_since,
        version=webhook.version,
        created_at=webhook.created_at,
    )


def _line(message: WebhookMessage) -> dict[str, object]:
    names = ("id", "type", "state", "attempts", "last_answer", "not_before", "created_at", "sent_at")
    return {"webhook_id": message_id(message.key), **{name: getattr(message, name) for name in names}}


def _whole(message: WebhookMessage) -> WholeMessageView:
    payload = orjson.loads(message.body) if message.body else None
    return WholeMessageView(**_line(message), payload=payload)
