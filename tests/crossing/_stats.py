import collections, atexit
from tests.crossing import slow_post

C = collections.Counter()
orig = slow_post.hand_in


def wrapped(*a):
    r = orig(*a)
    C[r] += 1
    return r


slow_post.hand_in = wrapped
from tests.crossing import test_answers_cross as t

o2 = t.Crossing._answers_are_theirs


def w2(self, guest, *, is_asked_still):
    for row in self._standing(guest):
        C[("held", is_asked_still, row.recurs_at is not None, row.of_date or row.partstat)] += 1
    return o2(self, guest, is_asked_still=is_asked_still)


t.Crossing._answers_are_theirs = w2


def pytest_sessionfinish(session):
    __import__("pathlib").Path("/tmp/cases-stats.txt").write_text("\n".join(f"{v} {k}" for k, v in C.most_common()))


from hypothesis import settings, Phase
import os

t.PROFILE = settings(t.PROFILE, phases=[Phase.generate], **({"derandomize": False} if os.environ.get("RND") else {}))
if os.environ.get("N"):
    t.PROFILE = settings(t.PROFILE, max_examples=int(os.environ["N"]))
