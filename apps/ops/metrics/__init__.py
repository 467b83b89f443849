"""What is counted, named once: each room says what happened, and where nobody listens that costs a call of nothing."""

from apps.ops.metrics.recorder import Recorder, Silence

recorder: Recorder = Silence()


def record_into(chosen: Recorder) -> None:
    """From here on. For a process that serves requests."""
    global recorder  # noqa: PLW0603 - a fact about the process
    recorder = chosen
