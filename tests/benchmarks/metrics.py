"""What it costs to count a request: `python -m tests.benchmarks.metrics`."""

import time
from collections.abc import Callable

from apps.ops.metrics import exposition
from apps.ops.metrics.recorder import Recorder, Silence
from apps.ops.tracing import trace_id_of

exposition.prepare()
from apps.ops.metrics.prometheus import Prometheus  # noqa: E402

TIMES = 50_000


def request(recorder: Recorder) -> None:
    """A request of one statement."""
    recorder.statement_ended(0.001)
    recorder.request_ended("GET", "api/tasks", 200, 0.003)


def microseconds(action: Callable[..., object], *arguments: object) -> float:
    started = time.process_time()
    for _ in range(TIMES):
        action(*arguments)
    return (time.process_time() - started) / TIMES * 1e6


def main() -> None:
    for recorder in (Silence(), Prometheus()):
        print(f"{type(recorder).__name__:12}{microseconds(request, recorder):8.2f} us of CPU a request")
    header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    print(f"{'traceparent':12}{microseconds(trace_id_of, header):8.2f} us where one comes")
    exposition.clear()


if __name__ == "__main__":
    main()
