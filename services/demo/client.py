"""The demo's view of the API: a few calls, each with a wait for the decision."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from shared.domain.errors import CreneauError

CONFLICT = 409
PATIENCE = 25


class Client:
    """Calls as one person; an answer that the demo cannot go on from is a CreneauError."""

    def __init__(self, url: str, token: str) -> None:
        # trust_env: a proxy of the environment has nothing to do with this machine's API
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "fr", "Prefer": f"wait={PATIENCE}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=PATIENCE + 10, trust_env=False)

    @classmethod
    @contextmanager
    def of(cls, url: str, token: str) -> Iterator["Client"]:
        client = cls(url, token)
        try:
            yield client
        finally:
            client._http.close()

    def get(self, path: str, **query: str | int) -> Any:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer; for a refused request its problem, whose `code` says why."""
        return self._call("POST", path, json=body, headers={"Idempotency-Key": uuid4().hex})

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._call("PATCH", path, json=body, headers={"If-Match": "*"})

    def delete(self, path: str) -> None:
        self._call("DELETE", path)

    def _call(self, method: str, path: str, **what: Any) -> Any:
        try:
            answer = self._http.request(method, f"/api{path}", **what)
        except httpx.HTTPError as error:
            raise CreneauError(f"No Créneau answers at {self._http.base_url}: {error}") from error
        if answer.is_error and answer.status_code != CONFLICT:
            raise CreneauError(f"{method} {path}: {answer.status_code} {_detail(answer)}")
        return answer.json() if answer.content else None


def is_refused(answer: dict[str, Any]) -> bool:
    """A problem instead of a reservation or session."""
    return answer.get("status") == CONFLICT


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):  # not our API, or a proxy before it
        return "is no answer of Créneau's"
