"""Each parameter of Exchange's Set-CalendarProcessing, and what Créneau has instead; a part of docs/policies.md."""

# Those of the reference (MicrosoftDocs/office-docs-powershell), and three more that Get-CalendarProcessing shows:
# AllowDistributionGroup, AllowMultipleResources, EnforceAdjacencyAsOverlap.
_TEXT = """
AutomateProcessing
    Always on: every request is decided. Who decides is `who_may_book` (the rules) or `who_may_request` (a person).
AllowConflicts
    Not here, because two bookings of one thing are what Créneau prevents; the database itself refuses them.
AllowDistributionGroup
    `group:<slug>` in `who_may_book`, `who_may_request` and `who_may_exceed`.
AllowMultipleResources
    Always: a request takes all its rooms, trainers and equipment or none of them. Rooms that combine are declared.
BookingType
    A resource that is closed (`is_open` false) cannot be booked; `who_may_book: []` leaves it to requests.
BookingWindowInDays
    `window_days`, by site, room and group; 0 is today, as there. Unlimited by default, not 180.
MaximumDurationInMinutes
    `longest_minutes`; unlimited by default, not 1440. Of each occurrence of a series, as there.
MinimumDurationInMinutes
    `shortest_minutes`, for everything and not only workspaces; `step_minutes` besides.
AllowRecurringMeetings
    `series.allowed`, and `series.most_occurrences`.
EnforceAdjacencyAsOverlap
    Bookings that touch do not overlap. Time between them is `setup_minutes`, `clearing_minutes` and `transitions`,
    which are kept free and shown.
EnforceCapacity
    Always: seats by layout are checked (a coordinator may override them), and `safety_limit` and `building_limit`,
    which nobody overrides.
EnforceSchedulingHorizon
    `series.horizon_days` refuses a series that goes further. It is never shortened in silence: the answer has the
    last date that would pass. One that comes by mail is cut there with `series.horizon_by_mail: cut`.
ScheduleOnlyDuringWorkHours
    `opening` by weekday, site and room, with `outside_opening`: allow, warn or forbid. Closures, trainers who are
    away, public and school holidays besides.
ConflictPercentageAllowed
    `series.conflicts_percent`, where the requester has chosen to skip what is taken.
MaximumConflictInstances
    `series.conflicts_count`; of both the stricter counts, as there.
ForwardRequestsToDelegates
    Always: coordinators are told of what waits for them, reminded and escalated (`approval`).
ResourceDelegates
    The coordinators of the site. Not a list for each room, because a small house has one office.
TentativePendingApproval
    Always: what waits for approval holds its slot, so that two cannot both be approved.
AllBookInPolicy
    `who_may_book: [everybody]`, the default, as there.
BookInPolicy
    `who_may_book`: a list of `everybody`, `coordinators`, `nobody`, `group:<slug>`.
AllRequestInPolicy
    `who_may_request: [everybody]`.
RequestInPolicy
    `who_may_request`; who may book does not have to ask.
AllRequestOutOfPolicy
    `who_may_exceed: [everybody]`; never past a safety limit.
RequestOutOfPolicy
    `who_may_exceed`; the coordinator who approves sees which rules are exceeded.
EnableResponseDetails
    Always: each answer names the rule, its value, who may override it and the nearest fix.
OrganizerInfo
    Colleagues are told who is in the way, and `titles` says who sees with what; programs of partners see neither.
AddAdditionalResponse
    Not here, because the letters are templates of the house, in two languages.
AdditionalResponse
    Not here: see above.
AddOrganizerToSubject
    Not here: the title stays as it was written. `titles` hides it from others where needed.
DeleteSubject
    Not here: nothing of a request is deleted. `titles: coordinators` hides titles from others.
DeleteComments
    Not here: nothing of a request is deleted.
DeleteAttachments
    Not here, because a booking has no attachments.
DeleteNonCalendarItems
    Not here, because bookings are not mails in a mailbox.
RemovePrivateProperty
    Not here: `titles` is the house's choice, not each requester's.
RemoveOldMeetingMessages
    Not here, because an older message never changes a newer state (SEQUENCE, versions).
RemoveForwardedMeetingNotifications
    Not here, because there is no mailbox that could fill up.
RemoveCanceledMeetings
    A cancelled booking gives its slot back at once and stays in the history.
AddNewRequestsTentatively
    Not here, because nothing enters the calendar before it is decided, a moment after it is asked for.
ProcessExternalMeetingMessages
    Not here as a switch: only people and programs that the house knows can ask; their groups have policies.
EnableAutoRelease
    Not here yet: nobody checks in at a door. `option` releases what its owner does not confirm, and `waiting_list`
    gives what is released to who waits.
PostReservationMaxClaimTimeInMinutes
    Not here yet: see above.
Identity
    The scope of a policy: the site, one room (or trainer, or equipment), one group of people.
WhatIf
    `POST /reservations/preview` decides without taking, by the same code; a policy keeps its versions.
Confirm
    Not here, because each version of a policy is kept and can be set again.
DomainController, IgnoreDefaultScope
    Not here, because there is no Active Directory.
"""

_ONLY_OURS = """
set-up and clearing by layout (`transitions`), layouts with their own seats, a building limit over all simultaneous
bookings, lead time, steps, quotas by person and organisation, required fields, a cancellation deadline, options, a
waiting list, French public and school holidays, and policies for groups of people.
"""


def beside_exchange() -> list[tuple[str, str]]:
    """Each parameter with our answer."""
    answers: dict[str, list[str]] = {}
    for line in _TEXT.strip().splitlines():
        if line.startswith(" "):
            next(reversed(answers.values())).append(line.strip())
        else:
            answers[line] = []
    return [(parameter, " ".join(lines)) for parameter, lines in answers.items()]


def only_ours() -> str:
    return " ".join(_ONLY_OURS.split())
