"""Everything that is configured, read once from the environment (or a .env file) and checked."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _without_end(address: str) -> str:
    return address.rstrip("/")


class Settings(BaseSettings):
    """The configuration; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: SecretStr = Field(description="PostgreSQL 15 or newer, postgresql://user:password@host/name")
    redis_url: SecretStr = Field(description="Redis 7 or Valkey 8 or newer, redis://host:port/0")
    smtp_url: SecretStr | None = Field(
        None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://…:465; without it mails go to the maildir",
    )
    mail_dir: Path = Field(Path("var/mail"), description="the maildir that mails go to when there is no SMTP_URL")
    mail_trust: Literal["local", "authserv", "dkim"] = Field(
        "dkim",
        description="whose word is taken for who wrote a mail: `local`, whatever this machine itself hands in (for a "
        "first look: everybody is believed who can reach the listener from here); `authserv`, the "
        "Authentication-Results of MAIL_AUTHSERV_ID; `dkim`, DKIM signatures and DMARC, looked up in the DNS",
    )
    mail_authserv_id: str = Field(
        "",
        description="the authserv-id of your own mail server, which must take away what others write under that name "
        "(RFC 8601 section 5)",
    )
    mail_resolvers: str = Field(
        "", description="name servers for MAIL_TRUST=dkim, such as 192.0.2.53 or 127.0.0.1:5353; those of the system"
    )
    mailbox_listen: str = Field(
        "", description="where mails are taken in: lmtp://host:port, smtp://host:port, lmtp+unix:///path, or several"
    )
    imap_url: SecretStr | None = Field(
        None, description="a mailbox to fetch mails from, imaps://user:password@host:993/folder"
    )
    imap_done_folder: str = Field("", description="where fetched mails are moved to; without it they are flagged Seen")
    public_url: Annotated[str, AfterValidator(_without_end)] = Field(
        "http://localhost:8000",
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="where everybody reaches it, as addresses in mails and feeds say it",
    )
    webhooks_allow_local: bool = Field(
        False,
        description="for development and tests: webhooks by http, and to addresses that are not public",
    )
    log_format: str = Field(
        "console", pattern="^(console|json)$", description="console for people, json for collectors"
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")


@lru_cache
def settings() -> Settings:
    """The settings of this process; a missing or malformed variable raises pydantic.ValidationError."""
    return Settings()
