"""The OpenAPI document and the application agree: schemathesis tries every operation with what the document allows."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from tests.api.live import Api

checks.load_all_checks()
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.ignored_auth,
]

NOTHING_TO_BREAK = {"/healthz", "/readyz"}  # no parameter, no body, no token: there is no wrong way to ask


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_application_does_what_the_document_says(api: Api, subtests: pytest.Subtests, mode: GenerationMode) -> None:
    """With data as described, which mostly names rooms and ids that are not there, and with data that breaks it."""
    headers = {"Authorization": f"Bearer {api.house.tokens['claire']}"}
    for found in api.document.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and operation.path in NOTHING_TO_BREAK:
            continue

        @settings(
            max_examples=5,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # the case itself says enough, and to shrink one takes schemathesis many minutes
            suppress_health_check=list(HealthCheck),  # they measure generator and machine, not the application
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def agrees(case: schemathesis.Case) -> None:
            case.call_and_validate(base_url=api.address, headers=headers, checks=CHECKS)

        with subtests.test(operation.label):
            agrees()
