"""docs/policies.md says what the models say, and has an answer to each of Exchange's parameters."""

import inspect
from pathlib import Path

import pytest

from shared.domain.policy import Policy
from shared.domain.policy.exchange import beside_exchange
from shared.domain.policy.page import page

PAGE = Path(__file__).parents[2] / "docs" / "policies.md"
RENEW = "docs/policies.md is older than the models: .venv/bin/python -m shared.domain.policy.page > docs/policies.md"

# of Microsoft's reference; the switches that every command has are left out
EXCHANGE = """
AutomateProcessing AllowConflicts AllowDistributionGroup AllowMultipleResources BookingType BookingWindowInDays
MaximumDurationInMinutes MinimumDurationInMinutes AllowRecurringMeetings EnforceAdjacencyAsOverlap EnforceCapacity
EnforceSchedulingHorizon ScheduleOnlyDuringWorkHours ConflictPercentageAllowed MaximumConflictInstances
ForwardRequestsToDelegates DeleteAttachments DeleteComments RemovePrivateProperty DeleteSubject AddOrganizerToSubject
DeleteNonCalendarItems TentativePendingApproval EnableResponseDetails OrganizerInfo ResourceDelegates RequestOutOfPolicy
AllRequestOutOfPolicy BookInPolicy AllBookInPolicy RequestInPolicy AllRequestInPolicy AddAdditionalResponse
AdditionalResponse RemoveOldMeetingMessages AddNewRequestsTentatively ProcessExternalMeetingMessages
RemoveForwardedMeetingNotifications RemoveCanceledMeetings EnableAutoRelease PostReservationMaxClaimTimeInMinutes
"""


def test_the_committed_page_is_the_one_that_the_models_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), RENEW


def test_every_knob_has_its_entry() -> None:
    text = page()
    for name, field in Policy.model_fields.items():
        assert f"### `{name}`\n{field.description}\n" in text
        assert field.examples


@pytest.mark.parametrize("parameter", EXCHANGE.split())
def test_each_parameter_of_exchange_has_an_answer(parameter: str) -> None:
    answers = [ours for theirs, ours in beside_exchange() if theirs == parameter]
    assert len(answers) == 1
    assert answers[0].endswith(".")


def test_the_answers_name_knobs_that_exist() -> None:
    words = {word.strip("`.,;:") for _, ours in beside_exchange() for word in ours.split() if word.startswith("`")}
    knobs = {word.split(".")[0] for word in words if word.split(".")[0].replace("_", "").isalpha()}
    not_knobs = {"POST", "SEQUENCE", "everybody", "coordinators", "nobody", "is_open"}
    assert knobs - not_knobs <= set(Policy.model_fields)


def test_the_page_is_pure() -> None:
    assert inspect.signature(page).parameters == {}
    assert page() == page()
