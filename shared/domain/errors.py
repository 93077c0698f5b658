"""One base for everything that Créneau answers with 'no'; the docstring is the meaning, the code never changes."""

from shared.domain.refusals import Refusal


class CreneauError(Exception):
    """Something that the caller can understand and act upon."""

    code = "error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInputError(CreneauError):
    """What was sent can never be accepted as it is."""

    code = "invalid_input"

    def __init__(self, message: str, *, code: str = "invalid_input", **details: object) -> None:
        super().__init__(message, **details)
        self.code = code


class NotFoundError(CreneauError):
    """There is no such thing, or the caller may not know of it."""

    code = "not_found"


class NotAllowedError(CreneauError):
    """The caller is known, and may not do this."""

    code = "not_allowed"


class WrongStateError(CreneauError):
    """The thing is no longer, or not yet, in a state where this can be done."""

    code = "wrong_state"


class ExternalEntryError(WrongStateError):
    """It belongs to an entry in its organizer's own calendar, and is changed there."""

    code = "external_entry"

    def __init__(self) -> None:
        super().__init__(
            "This was booked by inviting the room: change the event in the calendar that it came from, and the room "
            "will answer."
        )


class StaleVersionError(CreneauError):
    """Somebody changed the thing since the caller read it."""

    code = "stale_version"


class KeyReusedError(CreneauError):
    """An Idempotency-Key came back with another request."""

    code = "idempotency_key_reused"


class ImportRefusedError(CreneauError):
    """Lines of a file cannot be booked, so that none of it was."""

    code = "import_refused"


class RefusedError(CreneauError):
    """A rule of the house says no to a change that needs no decision."""

    code = "refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence("en"))
        self.code = refusal.code
        self.refusal = refusal
