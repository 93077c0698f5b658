"""Whether a domain may speak for another (RFC 7489 section 3.1): the same, or of the same organisation."""

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from shared.senders.names import Names


def organisation(domain: str) -> str:
    """The organisational domain: college.example of mail.college.example; '' of what nobody can own."""
    return _suffixes().privatesuffix(domain) or ""


def are_of_one_organisation(one: str, other: str) -> bool:
    return bool(organisation(one)) and organisation(one) == organisation(other)


def is_strict(domain: str, names: Names) -> bool:
    """Whether the owner of a From domain says that its own signatures must be by that very domain (adkim=s).

    Its policy (p=) is of no interest: it says what to do with a mail that is not authenticated, and that is kept and
    believed nothing, whatever its owner asks for. Raises TryLater.
    """
    for place in dict.fromkeys((domain, organisation(domain))):
        records = [one for one in names.texts(f"_dmarc.{place}") if _tags(one).get("v") == "DMARC1"]
        if len(records) == 1:  # several are none (section 6.6.3)
            return _tags(records[0]).get("adkim", "r").lower() == "s"
    return False


def _tags(record: bytes) -> dict[str, str]:
    parts = (part.partition("=") for part in record.decode("ascii", "replace").split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in parts}


@lru_cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
