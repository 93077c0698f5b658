"""What may be typed: names, addresses, domains and slugs, held to the same rules as in the API."""

from typing import Any

import typer
from pydantic import TypeAdapter, ValidationError

from services.api.schemas import Address, Line, Slug

LINE: TypeAdapter[str] = TypeAdapter(Line)
ADDRESS: TypeAdapter[str] = TypeAdapter(Address)
SLUG: TypeAdapter[str] = TypeAdapter(Slug)


def line(text: str) -> str:
    """One line without control characters."""
    return _checked(LINE, text)


def address(text: str) -> str:
    """A mail address in lower case that can be written to."""
    return _checked(ADDRESS, text)


def slug(text: str) -> str:
    """A short name for addresses: lower-case letters, digits and hyphens."""
    return _checked(SLUG, text)


def domain(text: str) -> str:
    """A mail domain in lower case, as it stands on the wire."""
    return address(f"postmaster@{text}").rpartition("@")[2]


def _checked(kind: TypeAdapter[Any], text: str) -> str:
    try:
        return str(kind.validate_python(text))
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise typer.BadParameter(reason) from None
