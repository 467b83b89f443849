"""How many connections a worker takes, so that its descriptors never run out under its own work."""

import resource

# gunicorn's own default.
MOST_CONNECTIONS = 1000
# Logs, listeners, pollers, pipes, static files, the key server, and connections of threads in the background.
RESERVED = 40
# Two for a connection to the database and two for one to its replica, and some to spare.
RESERVED_FOR_A_THREAD = 6


def most_connections(descriptors: int, threads: int) -> int:
    """Of a worker that may open so many `descriptors`. Whoever comes beyond that waits in the kernel's queue."""
    left = descriptors - RESERVED - RESERVED_FOR_A_THREAD * threads
    return max(threads + 1, min(MOST_CONNECTIONS, left))


def descriptor_limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**31 - 1 if soft == resource.RLIM_INFINITY else soft
