"""The benchmark of start-up sums what Python says of imports."""

import pytest

from tests.benchmarks.start_up import by_package

PRINTED = """import time: self [us] | cumulative | imported package
import time:       100 |        100 |   django.utils
import time:       250 |       2350 | django
import time:      2000 |       2000 |   rest_framework.views
a line of the command's own
"""


def test_a_package_counts_its_own_modules_alone() -> None:
    assert by_package(PRINTED.splitlines()) == {"django": pytest.approx(0.35), "rest_framework": pytest.approx(2)}
