"""A short run of `make fuzz`: damaged mails are read, or refused, and nothing else."""

from tests.fuzz.mutations import Mutations
from tests.fuzz.reading import tried

MAILS = 2_000


def test_damaged_mails_are_read_or_refused() -> None:
    seen = tried("in every run", range(MAILS))
    assert seen.broken == {}
    assert seen.mails == MAILS
    assert seen.slowest[0] < 1
    # the damage is such that much is still understood, and much is not
    assert min(seen.outcomes["REPLY"], seen.outcomes["bad_property"], seen.outcomes["report"]) > MAILS // 100


def test_a_mail_can_be_had_again_by_its_number() -> None:
    assert Mutations("a seed").mail(7) == Mutations("a seed").mail(7)
    assert Mutations("a seed").mail(7) != Mutations("a seed").mail(8)
