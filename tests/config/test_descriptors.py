"""A worker takes as many connections as its descriptors leave it."""

import pytest

from config.descriptors import most_connections


@pytest.mark.parametrize(
    ("descriptors", "threads", "connections"),
    [(1024, 4, 960), (1024, 64, 600), (65_536, 4, 1000), (2**31 - 1, 4, 1000), (96, 2, 44), (64, 4, 5), (16, 8, 9)],
)
def test_what_the_limit_leaves(descriptors: int, threads: int, connections: int) -> None:
    assert most_connections(descriptors, threads) == connections
