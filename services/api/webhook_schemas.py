"""What goes in and out of the API around webhooks."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from services.api.schemas import Line, Strict, Time, Zone
from shared.store.webhooks import MessageState
from shared.webhooks.addresses import LONGEST
from shared.webhooks.offered import TYPES

Url = Annotated[str, Field(min_length=1, max_length=LONGEST, examples=["https://partner.example/hooks/creneau"])]
Types = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Field(min_length=1, max_length=50, description=f"of {', '.join(TYPES)}", examples=[["reservation.confirmed"]]),
]


class NewWebhook(Strict):
    """A system to be called when something of these types happened."""

    label: Annotated[Line, Field(description="what coordinators call it")]
    url: Url
    types: Types
    organisation: Annotated[
        Line | None, Field(description="a partner, who hears of its own reservations only; left out: of all")
    ] = None


class WebhookChange(Strict):
    label: Line | None = None
    url: Url | None = None
    types: Types | None = None
    enabled: bool | None = None


class Since(Strict):
    """From which moment on to send again."""

    since: Time
    zone: Zone | None = None
    everything: Annotated[bool, Field(description="also what has arrived, such as for a receiver who lost it")] = False


class MessageFilters(Strict):
    """Which messages; what is left out does not narrow."""

    state: MessageState | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63, description="from `next` of the page before")] = None


class WebhookView(BaseModel):
    id: int
    label: str
    url: str
    types: list[str]
    organisation: str | None
    secret: str | None = Field(description="shown once: when it is made")
    former_secret_until: AwareDatetime | None = Field(description="until when the secret before this one signs as well")
    enabled: bool
    disabled_at: AwareDatetime | None
    disabled_reason: Literal["", "asked", "gone", "failing"] = Field(
        description="gone: it answered 410; failing: for days it did nothing else"
    )
    failing_since: AwareDatetime | None
    version: int
    created_at: AwareDatetime


class MessageView(BaseModel):
    """One line of the log: what was, or is to be, sent."""

    id: int
    webhook_id: str = Field(description="the header of that name, the same for every attempt")
    type: str
    state: MessageState
    attempts: int
    last_answer: str
    not_before: AwareDatetime = Field(description="when a queued one is tried next, at the earliest")
    created_at: AwareDatetime
    sent_at: AwareDatetime | None


class WholeMessageView(MessageView):
    payload: dict[str, Any] | None = Field(description="the body; null while it is not written yet")


class MessagePage(BaseModel):
    items: list[MessageView]
    next: str | None


class ReplayView(BaseModel):
    queued: int = Field(description="how many messages go out by it; 10,000 at most, then ask again from later on")
