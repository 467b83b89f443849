"""Outside of any request, unless a test makes one."""

from collections.abc import Iterator

import pytest

from apps.ops import context


@pytest.fixture(autouse=True)
def _no_request_is_under_way() -> Iterator[None]:
    tokens = [variable.set(None) for variable in (context.request_id, context.subject)]
    yield
    for variable, token in zip((context.request_id, context.subject), tokens, strict=True):
        variable.reset(token)
