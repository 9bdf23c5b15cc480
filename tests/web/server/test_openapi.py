"""The REST API does what its document says: requests made from the document, right ones and wrong ones."""

import hypothesis
import hypothesis.strategies as strategies
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

from copyart.web.server.openapi import openapi_document
from copyart.web.style_registry import open_registry
from tests.pictures import encode, photo, translucent

DESCRIBED = openapi_document(open_registry())["paths"]
_METHODS = ("get", "post", "delete")
OPERATIONS = [(path, method) for path, item in DESCRIBED.items() for method in item if method in _METHODS]
RIGHT, WRONG = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
#: What takes nothing cannot be asked wrongly.
CASES = [
    (*operation, mode)
    for operation in OPERATIONS
    for mode in (RIGHT, WRONG)
    if mode == RIGHT or "{" in operation[0] or operation[1] == "post"
]
PICTURES = [encode(photo(20, 12), format) for format in ("JPEG", "PNG", "WEBP", "BMP")] + [encode(translucent(9, 7))]
#: How many requests are made of each kind, for each operation.
EXAMPLES = 15

schemathesis.openapi.format("binary", strategies.sampled_from(PICTURES) | strategies.binary(max_size=200))


@pytest.fixture(scope="module")
def schema(app):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_every_operation_answers_as_the_document_says(schema, path, method, mode):
    # A photo need not be a picture, and an artist may be in the form or the query: the document cannot say either.
    excluded = [positive_data_acceptance] if method == "post" else []
    statuses = set()

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=hypothesis.HealthCheck,
    )
    @hypothesis.given(case=schema[path][method].as_strategy(generation_mode=mode))
    def behave(case):
        statuses.add(case.call_and_validate(excluded_checks=excluded).status_code)

    behave()
    assert max(statuses) < 500


def test_the_document_names_every_address_of_the_api(app):
    described = {(path.replace("{", "<").replace("}", ">"), method.upper()) for path, method in OPERATIONS}
    served = {
        (rule.rule.replace("<name>", "<id>"), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("api.", "health."))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == served
