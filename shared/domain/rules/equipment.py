"""Nobody gets more of a piece of equipment than there is."""

from shared.domain.rules.finding import Finding, is_final
from shared.domain.rules.question import Request
from shared.domain.sentences import Saying, say

NOT_SO_MANY = say(
    "not_so_many",
    Saying(
        fr="Vous demandez « {name} » en {asked} exemplaires, mais l'Atelier n'en a que {owned}.",
        en="You ask for {asked} of “{name}”, but the Atelier only has {owned}.",
        advice_fr=("{owned} au plus.",),
        advice_en=("{owned} at most.",),
    ),
)


def there_is_enough(request: Request) -> Finding | None:
    short = [r for r in request.resources if request.quantities.get(r.slug, 1) > r.quantity]
    if not short:
        return None
    first = short[0]
    fix = {"quantities": {**request.quantities, **{resource.slug: resource.quantity for resource in short}}}
    asked = request.quantities.get(first.slug, 1)
    return is_final(NOT_SO_MANY, {"name": first.name, "asked": asked, "owned": first.quantity}, fix)
