"""How a test reads a letter: plainly, and as a page."""

import re
from html.parser import HTMLParser

from shared.letters.writing import Words


class Page(HTMLParser):
    """The elements of a page, in order, and its text."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(words.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def plainly(text: str) -> str:
    """With ordinary spaces and apostrophes, as an expectation is typed."""
    return re.sub("[\u00a0\u202f]", " ", text).replace("\u2019", "'")
