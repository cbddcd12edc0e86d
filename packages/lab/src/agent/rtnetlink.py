"""rtnetlink(7): messages, and many of them in one exchange."""
import socket
import struct
from typing import List, Optional, Tuple

NLM_F_REQUEST, NLM_F_ACK = 0x1, 0x4
NLM_F_REPLACE, NLM_F_EXCL, NLM_F_CREATE, NLM_F_DUMP = 0x100, 0x200, 0x400, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
#: struct nlmsghdr: length, type, flags, sequence, port.
HEAD = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
#: As many answers as surely fit into the socket's buffer.
_AT_ONCE = 64

#: Type, flags besides NLM_F_REQUEST, and what comes after the head.
Message = Tuple[int, int, bytes]


def attribute(kind: int, data: bytes) -> bytes:
    """One attribute, padded."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(data), kind) + data + bytes(-len(data) % 4)


def number(kind: int, value: int) -> bytes:
    """An attribute that holds 32 bits."""
    return attribute(kind, struct.pack("=I", value))


def change(messages: List[Message]) -> Optional[Tuple[int, int]]:
    """Sends them in order from this process's namespace. The number of the first that was refused, and its errno."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        for first in range(0, len(messages), _AT_ONCE):
            some = messages[first:first + _AT_ONCE]
            netlink.send(b"".join(_framed(message, at) for at, message in enumerate(some)))
            refused = _first_refused(netlink, len(some))
            if refused is not None:
                return first + refused[0], refused[1]
    return None


def _framed(message: Message, sequence: int) -> bytes:
    kind, flags, body = message
    return HEAD.pack(HEAD.size + len(body), kind, NLM_F_REQUEST | NLM_F_ACK | flags, sequence, 0) + body


def _first_refused(netlink: socket.socket, waiting: int) -> Optional[Tuple[int, int]]:
    """The kernel answers each, in order; whatever comes after a refused one it has tried as well."""
    refused: Optional[Tuple[int, int]] = None
    while waiting > 0:
        data = netlink.recv(1 << 16)
        at = 0
        while at < len(data):
            length, kind, _, sequence, _ = HEAD.unpack_from(data, at)
            if kind == NLMSG_ERROR:
                waiting -= 1
                error = -struct.unpack_from("=i", data, at + HEAD.size)[0]
                if error != 0 and refused is None:
                    refused = sequence, error
            at += (length + 3) & ~3
    return refused
