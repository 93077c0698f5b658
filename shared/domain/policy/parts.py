"""What the larger knobs are made of: quotas, layouts, transitions, series, approval, options, the waiting list."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.domain.policy.knob import Knobs

Stance = Literal["allow", "warn", "forbid"]
Zone = Literal["A", "B", "C"]
Slug = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60, json_schema_extra={"words": "a slug such as `islands`"})
]
SlugOrAny = Annotated[
    str, Field(pattern=r"^(\*|[a-z0-9][a-z0-9-]*)$", max_length=60, json_schema_extra={"words": "a slug, or `*`"})
]
Who = Annotated[
    str,
    Field(
        pattern=r"^(everybody|coordinators|nobody|group:[a-z0-9][a-z0-9-]*)$",
        max_length=80,
        json_schema_extra={"words": "`everybody`, `coordinators`, `nobody` or `group:<slug>`"},
    ),
]

MOST_OCCURRENCES = 366
A_YEAR_OF_HOURS = 366 * 24

Hours = Annotated[int, Field(ge=1, le=A_YEAR_OF_HOURS)]


class Quota(Knobs):
    """How much one may have at a time; what is not given is not limited."""

    hours_per_week: int | None = Field(None, ge=0, le=1000, description="Hours in one calendar week, Monday to Sunday.")
    open_requests: int | None = Field(None, ge=0, le=1000, description="Requests and bookings that are not over yet.")
    concurrent: int | None = Field(None, ge=0, le=100, description="Bookings at one and the same time.")


class Layout(Knobs):
    """One way to furnish a room, with the seats that it gives."""

    name: str = Field(min_length=1, max_length=60, description="Its name in French.")
    name_en: str = Field("", max_length=60, description="Its name in English; the French one when empty.")
    seats: int | None = Field(None, ge=0, le=100_000, description="Its seats; those of the room when not given.")


class Transition(Knobs):
    """Minutes that it takes to go from one layout to another.

    `*` on one side means any other layout; from `*` to `*` is a reset that each booking needs after another one, even
    in the same layout. The most exact transition counts, and only that one.
    """

    from_layout: SlugOrAny = Field(description="The layout before, or `*`.")
    to_layout: SlugOrAny = Field(description="The layout after, or `*`.")
    minutes: int = Field(ge=0, le=24 * 60, description="The time that it takes.")


class Series(Knobs):
    """What a series may be."""

    allowed: bool = Field(default=True, description="Whether there may be series at all.")
    most_occurrences: int = Field(
        MOST_OCCURRENCES, ge=1, le=MOST_OCCURRENCES, description="Its longest, in occurrences."
    )
    horizon_days: int = Field(730, ge=1, le=3660, description="How far ahead its last occurrence may lie, in days.")
    conflicts_count: int | None = Field(
        None, ge=0, le=MOST_OCCURRENCES, description="So many occurrences at most may be refused, or else all are."
    )
    conflicts_percent: int | None = Field(
        None, ge=0, le=100, description="So many of a hundred occurrences at most may be refused, or else all are."
    )
    conflicts_by_mail: Literal["all", "skip"] = Field(
        "all",
        description="A series that invites the room by mail and cannot have all its dates: `all` is declined, `skip` "
        "gets the others, within the two limits above, and each date that is missing is declined by itself.",
    )
    horizon_by_mail: Literal["decline", "cut"] = Field(
        "decline",
        description="A series that invites the room by mail and goes on beyond the horizon, or has no end: declined, "
        "or cut where the horizon is.",
    )


class Approval(Knobs):
    """How long a request waits for a coordinator, and what happens meanwhile; hours count from the request."""

    hours: Hours = Field(72, description="When nobody has decided by then, `on_expiry` happens.")
    remind_hours: Hours = Field(24, description="When the coordinators are reminded.")
    escalate_hours: Hours = Field(48, description="When the contact address of the site is told.")
    on_expiry: Literal["expire", "confirm"] = Field("expire", description="What becomes of it then.")

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if not self.remind_hours <= self.escalate_hours <= self.hours:
            raise ValueError(
                f"reminding ({self.remind_hours} h) comes before escalating ({self.escalate_hours} h) and that before "
                f"the end ({self.hours} h)"
            )
        return self


class Option(Knobs):
    """How long a slot may be held before its owner confirms it."""

    longest_days: int = Field(14, ge=1, le=366, description="The longest an option may last.")
    remind_hours: Hours = Field(24, description="How long before its end the owner is reminded.")


class WaitingList(Knobs):
    """What becomes of a request for something taken."""

    mode: Literal["off", "offer", "take"] = Field(
        "take",
        description="`take`: the first who waits gets what is released; `offer`: they are asked; `off`: nobody waits.",
    )
    offer_hours: Hours = Field(24, description="How long an offer stands before the next one gets it.")
