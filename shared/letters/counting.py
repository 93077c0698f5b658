"""Numbers as a sentence says them."""

from shared.letters.facts import Language

_SPELLED: dict[Language, tuple[str, ...]] = {
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
_ENGLISH_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def spelled(number: int, language: Language) -> str:
    """'deux', 'three'; beyond ten in digits."""
    words = _SPELLED[language]
    return words[number] if 0 <= number < len(words) else str(number)


def ordinal(number: int, language: Language) -> str:
    """'1re' (une place is feminine), '2e'; '1st', '12th', '22nd'."""
    if language == "fr":
        return f"{number}re" if number == 1 else f"{number}e"
    is_teen = number % 100 in range(11, 14)
    return f"{number}{'th' if is_teen else _ENGLISH_ENDINGS.get(number % 10, 'th')}"
