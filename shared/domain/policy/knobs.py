"""All that a house can set about bookings, knob by knob; docs/policies.md is made from this file."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import field_validator, model_validator

from shared.domain.policy.knob import Knobs, knob
from shared.domain.policy.opening import DAY, Opening
from shared.domain.policy.parts import (
    Approval,
    Layout,
    Option,
    Quota,
    Series,
    Slug,
    Stance,
    Transition,
    WaitingList,
    Who,
    Zone,
)

LONGEST_DURATION = DAY * 366


class Policy(Knobs):
    """The knobs of one room for one person; `Policy()` limits nothing, and warns on public holidays."""

    opening: Opening | None = knob(
        None,
        "When it can be used, by weekday, on the clock of the site; a day that is not given is closed. `null`: always.",
        example={"monday": ["08:30-12:30", "13:30-18:00"], "saturday": ["09:00-12:00"]},
        scopes=("site", "room"),
    )
    outside_opening: Stance = knob("forbid", "What happens to a request outside the opening hours.", example="warn")
    on_closures: Stance = knob(
        "forbid", "What happens during a closure of the site or room, or while a trainer is away.", example="forbid"
    )
    on_public_holidays: Stance = knob("warn", "What happens on a French public holiday.", example="forbid")
    on_school_holidays: Stance = knob("allow", "What happens in the school holidays of `school_zone`.", example="warn")
    school_zone: Zone = knob("B", "The zone whose school holidays count.", example="C", scopes=("site",))

    window_days: int | None = knob(
        None, "How many days ahead a booking may start; 0 is today. `null`: any.", example=180, ge=0, le=3660
    )
    lead_minutes: int = knob(
        0, "How long before its start a booking must be asked for, in minutes.", example=120, ge=0, le=LONGEST_DURATION
    )
    shortest_minutes: int | None = knob(
        None, "The shortest booking, in minutes. `null`: any.", example=30, ge=1, le=LONGEST_DURATION
    )
    longest_minutes: int | None = knob(
        None, "The longest booking, in minutes. `null`: any.", example=480, ge=1, le=LONGEST_DURATION
    )
    step_minutes: int | None = knob(
        None,
        "Bookings start and end at multiples of this on the clock, from midnight on; it divides a day. `null`: any.",
        example=15,
        scopes=("site", "room"),
        ge=1,
        le=DAY,
    )
    person_quota: Quota = knob(
        Quota(), "How much one person may have.", example={"hours_per_week": 20}, scopes=("site", "group")
    )
    organisation_quota: Quota = knob(
        Quota(),
        "How much all people of one organisation may have together.",
        example={"concurrent": 3},
        scopes=("site", "group"),
    )

    setup_minutes: int = knob(
        0, "Time taken before each booking, in minutes.", example=15, scopes=("site", "room"), ge=0, le=DAY
    )
    clearing_minutes: int = knob(
        0, "Time taken after each booking, in minutes.", example=15, scopes=("site", "room"), ge=0, le=DAY
    )
    transitions: tuple[Transition, ...] = knob(
        (),
        "Minutes to go from one layout to another; `*` is any other, `*` to `*` a reset between any two bookings.",
        example=[{"from_layout": "rows", "to_layout": "islands", "minutes": 30}],
        scopes=("site", "room"),
        max_length=200,
    )
    layouts: Mapping[Slug, Layout] = knob(
        {},
        "How it can be furnished, and the seats of each layout.",
        example={"islands": {"name": "Îlots", "name_en": "Islands", "seats": 24}},
        scopes=("room",),
        max_length=40,
    )
    default_layout: Slug | Literal[""] = knob(
        "", "The layout of a booking that asks for none.", example="islands", scopes=("room",)
    )
    safety_limit: int | None = knob(
        None,
        "The most people who may be in it, whatever its seats. Nobody overrides it. `null`: not known.",
        example=40,
        scopes=("room",),
        ge=0,
        le=100_000,
    )
    building_limit: int | None = knob(
        None,
        "The most people of all simultaneous bookings of rooms together. Nobody overrides it. `null`: not known.",
        example=120,
        scopes=("site",),
        ge=0,
        le=1_000_000,
    )

    series: Series = knob(
        Series(),
        "Whether there may be series, how long, and how many of their dates may be lost.",
        example={"most_occurrences": 40, "conflicts_percent": 20},
    )
    who_may_book: tuple[Who, ...] = knob(
        ("everybody",),
        "Whose requests within the policy are confirmed at once.",
        example=["group:staff"],
        max_length=50,
    )
    who_may_request: tuple[Who, ...] = knob(
        (), "Whose requests within the policy wait for a coordinator's approval.", example=["everybody"], max_length=50
    )
    who_may_exceed: tuple[Who, ...] = knob(
        (),
        "Whose requests outside the policy wait for a coordinator's approval, instead of being refused.",
        example=["group:staff"],
        max_length=50,
    )
    book_for_others: tuple[Who, ...] = knob(
        ("coordinators",),
        "Who may book in somebody else's name.",
        example=["group:staff"],
        scopes=("site",),
        max_length=50,
    )
    unknown_organizers: Literal["refuse", "approve"] = knob(
        "refuse",
        "What becomes of a stranger who invites the room by mail; `approve`: the request waits for a coordinator.",
        example="approve",
        scopes=("site", "room"),
    )
    required: tuple[Literal["people", "note", "layout"], ...] = knob(
        (), "What a request must say.", example=["people", "layout"], max_length=3
    )
    titles: Literal["everybody", "coordinators"] = knob(
        "everybody",
        "Who sees the titles of other people's bookings; with several rooms the most careful counts.",
        example="coordinators",
        scopes=("site", "room"),
    )

    cancellation_minutes: int = knob(
        0,
        "How long before its start a booking can last be cancelled by its owner, in minutes; 0: at any time.",
        example=1440,
        ge=0,
        le=LONGEST_DURATION,
    )
    approval: Approval = knob(
        Approval(), "How long a request waits for a coordinator.", example={"hours": 48, "escalate_hours": 36}
    )
    option: Option = knob(Option(), "How long a slot may be held ('sous réserve').", example={"longest_days": 7})
    waiting_list: WaitingList = knob(
        WaitingList(),
        "What happens when something is asked for that is taken.",
        example={"mode": "offer", "offer_hours": 12},
        scopes=("site", "room"),
    )

    @field_validator("step_minutes")
    @classmethod
    def _step_divides_a_day(cls, step: int | None) -> int | None:
        if step is not None and DAY % step:
            raise ValueError("a step must divide a day, such as 5, 15, 30, 60 or 240 minutes")
        return step

    @model_validator(mode="after")
    def _default_layout_exists(self) -> Self:
        if self.default_layout and self.default_layout not in self.layouts:
            raise ValueError(f"default_layout {self.default_layout!r} is none of the layouts")
        return self


NOTHING_SET = Policy()
