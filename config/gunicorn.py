"""gunicorn's settings in production: threads, for requests that wait on a database."""

import os
from pathlib import Path
from typing import Any

from apps.ops.metrics import exposition
from config.descriptors import descriptor_limit, most_connections
from config.env import load_environment
from config.logs import logging_settings

_environment = load_environment(Path(__file__).resolve().parent.parent / ".env")

wsgi_app = "config.wsgi:application"
bind = [f"0.0.0.0:{_environment.port}"]
worker_class = "apps.ops.serving.worker.Worker"
workers = _environment.web_concurrency
threads = _environment.web_threads
worker_connections = most_connections(descriptor_limit(), threads)
# The code is loaded once and shared: workers start at once and in less memory. A deploy starts a new gunicorn.
preload_app = True
# Longer than most load balancers keep their side open (60 s), so that it is never we who close one in use.
keepalive = 75
timeout = 30
# What runs at SIGTERM has its whole time left.
graceful_timeout = _environment.drain_seconds + 2 * _environment.statement_seconds + 10
limit_request_line = 8190
# The API itself refuses a token over 16 KiB, in words that tell what to do about it.
limit_request_field_size = 64 * 1024
# Nobody's word on scheme or path is taken here: X-Forwarded-Proto is Django's to read, where HTTPS is on. So gunicorn
# need not take the peer's address apart at each request, to see whether it may believe it.
forwarded_allow_ips = "*"
# It is also whom HTTP/2 without TLS is spoken with.
http2_cleartext = "off"
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# A worker's heartbeat is a file: on a disk that stalls, a healthy worker would be killed.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
logger_class = "apps.ops.serving.logs.ErrorLogger"
logconfig_dict = logging_settings(_environment.log_level, _environment.log_format)
# Nobody steers this server but its process manager.
control_socket_disable = True
# gunicorn counts its workers from one.
FIRST = 1

if _environment.metrics_port:
    exposition.prepare()


def when_ready(server: Any) -> None:
    if _environment.metrics_port:
        exposition.serve(_environment.metrics_host, _environment.metrics_port, _environment.metrics_token)


def child_exit(server: Any, worker: Any) -> None:
    if _environment.metrics_port:
        exposition.forget_worker(worker.pid)


def on_exit(server: Any) -> None:
    if _environment.metrics_port:
        exposition.clear()


def post_worker_init(worker: Any) -> None:
    """In the worker itself, since a thread does not survive a fork."""
    from apps.accounts.archive import archive
    from apps.accounts.journal import journal
    from apps.accounts.roster import roster
    from apps.api import gunicorn_errors
    from apps.ops import bounds, capacity, holdups, metrics
    from apps.ops.serving import refusals

    # Django has read it. gunicorn would refuse a path without it, such as a probe's or one that a proxy has stripped.
    os.environ.pop("SCRIPT_NAME", None)
    bounds.serve()
    if _environment.metrics_port:
        from apps.ops.metrics.prometheus import Prometheus

        metrics.record_into(Prometheus())
    if worker.age == FIRST:
        capacity.tell_in_background()
    refusals.answer_with(gunicorn_errors.answer)
    archive.write_from_here()
    roster.follow_in_background()
    journal.write_in_background()
    holdups.watch.follow_in_background()
