"""A mail that came in, as the API shows it."""

from pydantic import AwareDatetime, BaseModel, Field


class MailView(BaseModel):
    """One mail, and what was made of it."""

    id: int
    state: str = Field(description="waiting, handled, or quarantined: set aside until somebody has it tried again")
    outcome: str = Field(description="a stable code, such as `unauthenticated`; empty while it waits")
    sentence: str = Field(description="the same in words, in the caller's language")
    details: dict[str, object] = Field(description="what there is to know beside it; of a quarantined one its `reason`")
    source: str = Field(description="lmtp, smtp, imap, or file: by hand")
    peer: str
    mail_from: str = Field(description="the sender of its envelope, empty for the null sender")
    sender: str = Field(description="who wrote it, when somebody vouches for that; else empty")
    authentication: str = Field(description="who does, or why nobody")
    recipients: list[str]
    subject: str
    message_id: str
    method: str
    uid: str
    size: int = Field(description="in bytes")
    attempts: int
    received_at: AwareDatetime
    not_before: AwareDatetime | None = Field(description="when it is tried next, while it waits")
    handled_at: AwareDatetime | None


class MailPage(BaseModel):
    items: list[MailView]
    next: str | None
