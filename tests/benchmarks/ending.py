"""A benchmark's end, whatever ends it: what it started ends before it does, and what failed is a line."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests import environment
from tests.benchmarks.wrk import LoadFailed


@contextmanager
def ended_in_order() -> Iterator[None]:
    """For the whole of a command."""
    # As an exception, which every `with` on the way sees.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    except LoadFailed as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("interrupted")
    finally:
        environment.pytest_unconfigure()
