"""`make bench`: measures what DESIGN sets targets for, prints a table and writes JSON. A benchmark, not a test."""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from tests.bench import deciding, inbound, mails, month, requests, rules
from tests.bench.system import engines_at, running

FOLDER = Path("var/bench")
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
STORED = (300, 20_000, 1_000_000)

Results = dict[str, dict[str, float] | dict[str, int]]


def main() -> None:
    """Everything, or the parts named on the command line: requests, race, series, decide, rules, month, mails,
    inbound.
    """
    chosen = sys.argv[1:] or ["requests", "race", "series", "decide", "rules", "month", "mails", "inbound"]
    results: Results = {}
    with engines_at(FOLDER / "engines") as (_, token):
        folder, calls = FOLDER / "engines", requests.Calls()
        rules.switch_off()  # each row is measured with no rule or with all, and not with those of the first start
        if "requests" in chosen:
            with running(folder, "api", "relay", "decide", "schedule") as port:
                results |= uvloop.run(requests.decided_per_second(port, token, calls, seconds=SECONDS))
                results |= uvloop.run(requests.accepted_per_second(port, token, calls, seconds=4))
            with running(folder, "api", "relay", "decide", "mail", "schedule") as port:
                with_mails = uvloop.run(requests.decided_per_second(port, token, calls, seconds=SECONDS))
                results |= {f"{name}, mails going out": values for name, values in with_mails.items()}
        if "race" in chosen:
            with running(folder, "api", "relay", "decide", "mail", "schedule") as port:
                results["race for one slot"] = uvloop.run(requests.race(port, token))
        if "decide" in chosen:
            for rooms in (5, 500):
                results[f"backlog of {deciding.BACKLOG}, {rooms} rooms"] = deciding.backlog(rooms)
        if "series" in chosen:
            with running(folder, "api", "relay", "decide", "schedule") as port:
                results |= uvloop.run(rules.series(port, token))
        if "rules" in chosen:
            results |= rules.all_rules() | rules.proposing()
            with running(folder, "api", "relay", "decide", "schedule") as port, rules.every_rule_on():
                with_rules = uvloop.run(requests.decided_per_second(port, token, calls, seconds=SECONDS))
                results |= {f"{name}, every rule on": values for name, values in with_rules.items()}
            with rules.every_rule_on():
                results[f"backlog of {deciding.BACKLOG}, 5 rooms, every rule on"] = deciding.backlog(5)
        if "month" in chosen:
            for stored in STORED:
                month.fill(stored)
                with running(folder, "api") as port:
                    results[f"month, {stored:,} stored"] = uvloop.run(month.read(port, token, seconds=SECONDS))
        if "mails" in chosen:
            results["mails"] = mails.sent_per_second(folder)
        if "inbound" in chosen:
            results["answers that came in"] = inbound.answers_per_second(folder)
            results["from LMTP to PARTSTAT, 20/s"] = inbound.answer_latency(folder)
            results["from LMTP to the room's REPLY, 4/s"] = inbound.room_latency(folder)
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
