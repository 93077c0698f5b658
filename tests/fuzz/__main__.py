"""`make fuzz` reads FUZZ_MAILS damaged mails on all cores: FUZZ_SEED=… repeats a run, FUZZ_MAIL=… one mail of it."""

import os
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.mutations import Mutations
from tests.fuzz.reading import Seen, tried

CHUNK = 5_000
LONGEST = 1.0
MOST_MEMORY = 200_000_000
KEPT = Path("var/fuzz")


def main() -> int:
    """Exit status 1 when a mail broke something, took a second, or the memory grew beyond 200 MB."""
    seed = os.environ.get("FUZZ_SEED") or secrets.token_hex(4)
    if number := os.environ.get("FUZZ_MAIL"):
        numbers = [range(int(number), int(number) + 1)]
    else:
        mails = int(os.environ.get("FUZZ_MAILS", "1000000"))
        numbers = [range(start, min(mails, start + CHUNK)) for start in range(0, mails, CHUNK)]
    jobs = int(os.environ.get("FUZZ_JOBS") or os.cpu_count() or 1)
    seen, started = Seen(), time.monotonic()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            for done in as_completed([pool.submit(tried, seed, chunk) for chunk in numbers]):
                _add(seen, done.result(), time.monotonic() - started)
        except KeyboardInterrupt:  # what was seen until then is worth a report too
            pool.shutdown(wait=False, cancel_futures=True)
    _say(f"\n{_report(seed, seen, time.monotonic() - started)}\n")
    _keep(seed, seen)
    return 0 if not seen.broken and seen.slowest[0] < LONGEST and seen.memory < MOST_MEMORY else 1


def _add(seen: Seen, chunk: Seen, seconds: float) -> None:
    seen.add(chunk)
    for number, why in chunk.broken.items():
        _say(f"\nbroken: FUZZ_MAIL={number} {why}\n")
    _say(f"\r{seen.mails:>9} mails, {seen.mails / seconds:.0f} a second, {len(seen.broken)} broken")


def _report(seed: str, seen: Seen, seconds: float) -> str:
    slowest, number = seen.slowest
    lines = [
        f"FUZZ_SEED={seed}: {seen.mails} mails in {seconds:.0f} s, {seen.mails / seconds:.0f} a second",
        f"slowest {slowest * 1000:.0f} ms (FUZZ_MAIL={number}), memory of a process {seen.memory / 1e6:.0f} MB at most",
        *(f"  {count:>9}  {outcome}" for outcome, count in seen.outcomes.most_common(60)),
        *(f"  broken: FUZZ_MAIL={number} {why}" for number, why in list(seen.broken.items())[:20]),
    ]
    return "\n".join(lines)


def _keep(seed: str, seen: Seen) -> None:
    """What broke, and the slowest, as files."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for number in [*list(seen.broken)[:20], seen.slowest[1]]:
        (KEPT / f"{seed}-{number}.eml").write_bytes(Mutations(seed).mail(number))


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
