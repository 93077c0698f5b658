"""Why a request is not done, and the answers that say it so that calendar programs understand."""

from typing import Final

from fastapi import Response
from fastapi.responses import PlainTextResponse

from services.calendars.dav.writing import error, href

# what programs show or log; RFC 3744 section 7.1.1
READ_ONLY: Final = (
    "<D:need-privileges><D:resource>{href}<D:privilege><D:write/></D:privilege></D:resource></D:need-privileges>"
)


class Refused(Exception):  # noqa: N818  named as what it says, like the domain's errors
    """A condition of the protocol is not met: a status, and its XML (RFC 4918 section 16)."""

    def __init__(self, status: int, condition: str) -> None:
        super().__init__(condition)
        self.status, self.condition = status, condition

    def answer(self) -> Response:
        return error(self.status, self.condition)


class BadRequest(Exception):  # noqa: N818  named as what it says
    """A request that cannot be understood."""

    def answer(self) -> Response:
        return PlainTextResponse(str(self), 400)


class NotThere(Exception):  # noqa: N818  named as what it says
    """There is nothing of that name, or not for this caller."""

    def answer(self) -> Response:
        return PlainTextResponse("There is nothing here.", 404)


def read_only(path: str) -> Response:
    """403 for everything that would change something."""
    return error(403, READ_ONLY.format(href=href(path)))
