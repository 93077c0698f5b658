"""Judging: a request put before the rules of the house, with all that these may look at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from shared.deciding.ask import Ask
from shared.deciding.usage import Consumption
from shared.domain.rules import Asker, Finding, Outcome, Request, judge, outcome
from shared.house import House


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules of one house at one moment."""

    house: House
    consumption: Consumption
    now: datetime

    def outcome(self, ask: Ask, *, without: Collection[str] = ()) -> Outcome:
        """What all rules together say; `without`: the codes of what is not counted."""
        request = self._request(ask)
        findings = judge(request)
        if without:
            findings = tuple(finding for finding in findings if finding.refusal.code not in without)
        return outcome(request, findings)

    def findings(self, ask: Ask) -> tuple[Finding, ...]:
        """What each rule finds, whoever asks."""
        return judge(self._request(ask))

    def _request(self, ask: Ask) -> Request:
        row, group, measures = ask.row, ask.row.group_id, self.consumption.measure(ask)
        return Request(
            slot=ask.slot,
            people=ask.people,
            resources=[self.house.wanted(id_, group) for id_ in ask.resource_ids],
            by_coordinator=ask.by_coordinator,
            now=self.now,
            zone=self.house.zone,
            layout=ask.layout,
            note=row.note,
            quantities=ask.quantities,
            asker=Asker(
                row.requested_by,
                self.house.groups.get(group, ""),
                row.organisation_id,
                ask.by_coordinator,
                row.is_unknown,
            ),
            policy=self.house.policy(group),
            closures=self.house.closures.near(ask.slot),
            days=self.house.days,
            person_usage=measures.person,
            organisation_usage=measures.organisation,
            people_in_building=measures.people_in_building,
            override=ask.override,
        )
