"""How much of a request has come, looked at without taking it: a thread is given to none that is half there."""

import fcntl
import re
import socket
import struct
import termios

from apps.ops.serving.connections import Connection

# Longer heads and bodies are read in a thread, which is cut after its time.
HEAD_BYTES = 32 * 1024
BODY_BYTES = 64 * 1024
# As a plain number: the enum's own | takes longer than the call to the kernel.
_LOOK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)
HEAD_END = b"\r\n\r\n"
_BODYLESS = (b"GET ", b"HEAD ", b"DELETE ", b"OPTIONS ")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_EXPECTS_WORD = re.compile(rb"\r\nexpect:", re.IGNORECASE)


def can_wait(client: socket.socket) -> bool:
    """True for TCP, where the kernel can be told how many bytes are worth a wake-up."""
    return client.family in {socket.AF_INET, socket.AF_INET6}


def glance(client: socket.socket) -> bytes | None:
    """What has come of the head, left where it is; None where nothing more will come."""
    try:
        return client.recv(HEAD_BYTES, _LOOK) or None
    except BlockingIOError:
        return b""
    except (OSError, ValueError):  # the latter of TLS, where nothing can be looked at
        return None


def expects_word(head: bytes | None) -> bool:
    """True where the client sends its body only after `100 Continue` (RFC 9110, section 10.1.1)."""
    return head is not None and HEAD_END in head and bool(_EXPECTS_WORD.search(head, 0, head.find(HEAD_END)))


def wanted(client: socket.socket, head: bytes) -> int:
    """How many bytes must be there for a thread to be worth it; 0 where enough are."""
    end = head.find(HEAD_END)
    if end < 0:
        return 0 if len(head) >= HEAD_BYTES else len(head) + 1
    if head.startswith(_BODYLESS):
        return 0
    length = _LENGTH.search(head, 0, end + 2)
    whole = end + len(HEAD_END) + min(int(length[1]), BODY_BYTES) if length else 0
    return 0 if len(head) >= whole or _available(client) >= whole else whole


def missing(conn: Connection, head: bytes | None) -> int:
    """How many bytes must be there for a thread to be worth it; 0 where enough are, or no more will come."""
    if head is None or not conn.may_wait:
        return 0
    count = wanted(conn.sock, head)
    return 0 if count == conn.wakes_at else count


def wake_at(client: socket.socket, count: int) -> None:
    """The socket counts as readable once so many bytes are there, or the other side has ended (SO_RCVLOWAT)."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)


def _available(client: socket.socket) -> int:
    count: int = struct.unpack("i", fcntl.ioctl(client, termios.FIONREAD, b"\0\0\0\0"))[0]
    return count
