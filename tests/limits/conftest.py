"""A Redis of the tests' own."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
import redis

from tests.servers import free_port


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    server = shutil.which("redis-server")
    if not server:
        pytest.skip("redis-server is not installed")
    port = free_port()
    words = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.1), 600))
    client.ping()
    client.close()
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(60)
