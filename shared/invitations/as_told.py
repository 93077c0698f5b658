"""What its people know of an entry, as news that can be told once more, or answered to."""

from datetime import datetime

from shared.invitations.news import News, OfSeries
from shared.invitations.told import Told
from shared.invitations.told_series import ToldSeries, is_series
from shared.store.ledger import Invitation


def as_told(invitation: Invitation) -> News | None:
    """All of it; None for what nobody has in a calendar (any more)."""
    told = invitation.told
    if told is None:
        return None
    if not is_series(told):
        return News(told=Told.model_validate(told))
    series = ToldSeries.model_validate(told)
    return News(told=series.usual, series=OfSeries(words=series.words, whole=series))


def date_as_told(invitation: Invitation, name: datetime | None) -> News | None:
    """One date of a series, or what has but one; None for what nobody has in a calendar (any more)."""
    told = invitation.told
    if name is None or told is None or not is_series(told):
        return as_told(invitation)
    series = ToldSeries.model_validate(told)
    found = series.by_name.get(name)
    return News(told=series.at(found), series=OfSeries(words=series.words, one=name)) if found else None
