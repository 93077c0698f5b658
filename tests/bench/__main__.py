"""`make bench`: measures what DESIGN sets targets for, prints a table and writes JSON. A benchmark, not a test."""

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from tests.bench import deciding, feeds, inbound, mails, month, requests, rules
from tests.bench.system import engines_at, running

FOLDER = Path("var/bench")
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
STORED = (300, 20_000, 1_000_000)
DECIDING = ("api", "relay", "decide", "schedule")

Results = dict[str, dict[str, float] | dict[str, int]]


@dataclass(frozen=True)
class Bench:
    """Where the engines run, the token of a coordinator there, and the calls that no two parts make alike."""

    folder: Path
    token: str
    calls: requests.Calls

    def decided(self, *parts: str) -> Results:
        with running(self.folder, *parts) as port:
            return uvloop.run(requests.decided_per_second(port, self.token, self.calls, seconds=SECONDS))

    def requests(self) -> Results:
        results = self.decided(*DECIDING)
        with running(self.folder, *DECIDING) as port:
            results |= uvloop.run(requests.accepted_per_second(port, self.token, self.calls, seconds=4))
        with_mails = self.decided(*DECIDING, "mail")
        return results | {f"{name}, mails going out": values for name, values in with_mails.items()}

    def race(self) -> Results:
        with running(self.folder, *DECIDING, "mail") as port:
            return {"race for one slot": uvloop.run(requests.race(port, self.token))}

    def series(self) -> Results:
        with running(self.folder, *DECIDING) as port:
            return dict(uvloop.run(rules.series(port, self.token)))

    def decide(self) -> Results:
        return {f"backlog of {deciding.BACKLOG}, {rooms} rooms": deciding.backlog(rooms) for rooms in (5, 500)}

    def rules(self) -> Results:
        results = rules.all_rules() | rules.proposing()
        with rules.every_rule_on():
            results |= {f"{name}, every rule on": values for name, values in self.decided(*DECIDING).items()}
            results[f"backlog of {deciding.BACKLOG}, 5 rooms, every rule on"] = deciding.backlog(5)
        return results

    def month(self) -> Results:
        results: Results = {}
        for stored in STORED:
            month.fill(stored)
            with running(self.folder, "api") as port:
                results[f"month, {stored:,} stored"] = uvloop.run(month.read(port, self.token, seconds=SECONDS))
        return results

    def mails(self) -> Results:
        return {"mails": mails.sent_per_second(self.folder)}

    def feeds(self) -> Results:
        return feeds.feed(self.folder, self.token) | feeds.beside_deciders(self.folder)

    def inbound(self) -> Results:
        return inbound.measure(self.folder)


PARTS: dict[str, Callable[[Bench], Results]] = {
    "requests": Bench.requests,
    "race": Bench.race,
    "series": Bench.series,
    "decide": Bench.decide,
    "rules": Bench.rules,
    "month": Bench.month,
    "mails": Bench.mails,
    "feeds": Bench.feeds,
    "inbound": Bench.inbound,
}


def main() -> None:
    """Everything, or the parts named on the command line; each part is told when it is done."""
    chosen = sys.argv[1:] or list(PARTS)
    with engines_at(FOLDER / "engines") as (_, token):
        bench = Bench(FOLDER / "engines", token, requests.Calls())
        rules.switch_off()  # each row is measured with no rule or with all, and not with those of the first start
        results: Results = {}
        for part in chosen:
            found = PARTS[part](bench)
            for name, values in found.items():
                Console().print(name, values)
            results |= found
    report(results)


def report(results: Results) -> None:
    machine = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {psutil.virtual_memory().total // 2**30} GiB, {platform.machine()}",
        "load_before": os.getloadavg()[2],
    }
    table = Table("what", "measured", title=f"Créneau, {machine['machine']}, {machine['date']}")
    for name, values in results.items():
        table.add_row(name, "  ".join(f"{key} {value:,}" for key, value in values.items()))
    Console().print(table)
    target = FOLDER / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json"
    target.write_text(json.dumps({"machine": machine, "results": results}, indent=2))
    Console().print(f"Written to {target}")


if __name__ == "__main__":
    main()
