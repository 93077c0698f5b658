"""The inbox, for coordinators: what came in, what was made of it, and trying again what was set aside."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy import ColumnElement, func, select

from services.api.access import Anyone, Caller
from services.api.mailbox_schemas import MailPage, MailView
from services.api.preferences import IdempotencyKey
from services.api.problems import answers, language_of
from services.api.schemas import Line, Strict
from services.api.transactions import InTransaction, Reading, once
from shared.domain.errors import NotAllowedError, NotFoundError
from shared.handling import leases
from shared.letters.facts import Language
from shared.letters.inbox_words import sentence
from shared.store.base import Db
from shared.store.inbox import InboundMail, MailState

router = APIRouter(prefix="/mailbox", tags=["mailbox"])
Id = Annotated[int, Path(ge=1, lt=2**63)]
SIZE = func.octet_length(InboundMail.raw)


class MailFilters(Strict):
    """Which mails; what is left out does not narrow."""

    state: MailState | None = None
    outcome: Annotated[Line | None, Field(max_length=60)] = None
    sender: Annotated[Line | None, Field(max_length=254, description="the authenticated one")] = None
    recipient: Annotated[Line | None, Field(max_length=254)] = None
    uid: Annotated[Line | None, Field(description="of the calendar entry that it is about")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63, description="from `next` of the page before")] = None

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted = {InboundMail.state: self.state, InboundMail.outcome: self.outcome, InboundMail.uid: self.uid}
        found = [column == value for column, value in wanted.items() if value is not None]
        if self.sender is not None:
            found.append(InboundMail.sender == self.sender.lower())
        if self.recipient is not None:
            found.append(InboundMail.recipients.any_() == self.recipient.lower())
        if self.cursor is not None:
            found.append(InboundMail.id < self.cursor)
        return found


@router.get("", response_model=MailPage, responses=answers(401, 403, 422))
def index(request: Request, db: Reading, caller: Anyone, filters: Annotated[MailFilters, Query()]) -> Response:
    """The mails that came in, newest first; they are kept for 90 days."""
    found = db.execute(
        select(InboundMail, SIZE)
        .where(*_visible(caller), *filters.conditions())
        .order_by(InboundMail.id.desc())
        .limit(filters.limit + 1)
    ).all()
    shown = found[: filters.limit]
    following = str(shown[-1][0].id) if len(found) > filters.limit else None
    headers = {}
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    page = MailPage(items=[_view(mail, size, language_of(request)) for mail, size in shown], next=following)
    return Response(page.model_dump_json(), headers=headers, media_type="application/json")


@router.get("/{mail_id}", response_model=MailView, responses=answers(401, 403, 404, 422))
def show(request: Request, db: Reading, caller: Anyone, mail_id: Id) -> MailView:
    """One mail, and what was made of it."""
    return _view(*_seen_by(db, mail_id, caller), language_of(request))


@router.get(
    "/{mail_id}/raw",
    response_class=Response,
    responses=answers(401, 403, 404, 422) | {200: {"content": {"message/rfc822": {}}}},
)
def raw(db: Reading, caller: Anyone, mail_id: Id) -> Response:
    """The mail itself, byte for byte as it came; whatever is in it is a stranger's."""
    mail, _ = _seen_by(db, mail_id, caller)
    found = db.scalars(select(InboundMail.raw).where(InboundMail.id == mail.id)).one()
    headers = {"Content-Disposition": f'attachment; filename="{mail.id}.eml"', "X-Content-Type-Options": "nosniff"}
    return Response(found, headers=headers, media_type="message/rfc822")


@router.post("/{mail_id}/retrial", status_code=202, response_model=MailView, responses=answers(401, 403, 404, 409, 422))
def try_again(request: Request, db: InTransaction, mail_id: Id, caller: Anyone, key: IdempotencyKey) -> Response:
    """Have a mail in quarantine handled again."""

    def do() -> Response:
        _, size = _seen_by(db, mail_id, caller)
        mail = leases.try_again(db, caller.site_id, mail_id, now=datetime.now(UTC))
        db.flush()
        return Response(_view(mail, size, language_of(request)).model_dump_json(), 202, media_type="application/json")

    return once(db, key, do)


def _visible(caller: Caller) -> list[ColumnElement[bool]]:
    """Strangers' mails are for those who run the house."""
    if not caller.is_coordinator:
        raise NotAllowedError("The inbox is for coordinators.")
    return [InboundMail.site_id == caller.site_id]


def _seen_by(db: Db, mail_id: int, caller: Caller) -> tuple[InboundMail, int]:
    found = db.execute(select(InboundMail, SIZE).where(InboundMail.id == mail_id, *_visible(caller))).first()
    if found is None:
        raise NotFoundError("There is no such mail.")
    mail, size = found
    return mail, size


def _view(mail: InboundMail, size: int, language: Language) -> MailView:
    return MailView(
        id=mail.id,
        state=mail.state,
        outcome=mail.outcome,
        sentence=sentence(mail.state, mail.outcome, language),
        details=mail.details,
        source=mail.source,
        peer=mail.peer,
        mail_from=mail.mail_from,
        sender=mail.sender,
        authentication=mail.authentication,
        recipients=mail.recipients,
        subject=mail.subject,
        message_id=mail.message_id,
        method=mail.method,
        uid=mail.uid,
        size=size,
        attempts=mail.attempts,
        received_at=mail.received_at,
        not_before=mail.not_before if mail.state is MailState.WAITING else None,
        handled_at=mail.handled_at,
    )
