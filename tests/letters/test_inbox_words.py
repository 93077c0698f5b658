"""What was made of a mail is said in both languages, whatever its code."""

import pytest

from shared.letters.facts import Language
from shared.letters.inbox_words import SENTENCES, sentence


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("outcome", [*SENTENCES, "something_new", ""])
def test_every_outcome_is_said(outcome: str, language: Language) -> None:
    for state in ("waiting", "handled", "quarantined"):
        words = sentence(state, outcome, language)
        assert words.strip() == words
        assert words[0].isupper()
        assert not words.endswith(".")


def test_what_has_no_words_of_its_own_says_at_least_whether_it_was_read() -> None:
    assert sentence("quarantined", "too_deep", "en") == "Set aside: it cannot be read"
    assert sentence("handled", "something_new", "en") == "Handled"
    assert sentence("waiting", "", "en") == "Waits to be read"
