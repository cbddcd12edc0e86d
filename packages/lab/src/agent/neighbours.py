"""Neighbours that were learned, by rtnetlink(7): `ip neigh flush all`, without a process for each namespace."""
import socket
import struct
from typing import Dict, Iterator, Set

from namespaces import Namespaces
from rtnetlink import HEAD as _HEAD
from rtnetlink import NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, attribute

_RTM_NEWNEIGH, _RTM_DELNEIGH, _RTM_GETNEIGH = 28, 29, 30
_NDA_DST = 1
_NUD_NOARP, _NUD_PERMANENT = 0x40, 0x80
#: struct ndmsg: family, index, state, flags, type.
_NEIGHBOUR = struct.Struct("=BxxxiHBB")
_ATTRIBUTE = struct.Struct("=HH")
_DUMP = _HEAD.pack(
    _HEAD.size + _NEIGHBOUR.size, _RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, 0, 0
) + _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)


class Neighbours:
    """The neighbour tables of all namespaces of the lab."""

    def __init__(self, namespaces: Namespaces) -> None:
        self._namespaces = namespaces
        self._sockets: Dict[str, socket.socket] = {}

    def forget(self) -> None:
        """Takes out what was learned, found to be nobody, or is being asked for; fixed entries stay."""
        for name in self._namespaces.names():
            _forget(self._socket(name))

    def close(self, names: Set[str]) -> None:
        """Lets namespaces go."""
        for name in names & self._sockets.keys():
            self._sockets.pop(name).close()

    def _socket(self, name: str) -> socket.socket:
        opened = self._sockets.get(name)
        if opened is None:
            self._namespaces.enter(name)
            opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
            self._sockets[name] = opened
        return opened


def _forget(netlink: socket.socket) -> None:
    netlink.send(_DUMP)
    learned = [entry for entry in _entries(netlink) if not entry.fixed]
    if learned:
        # Without NLM_F_ACK only what fails is answered: an entry that is gone by itself.
        netlink.send(b"".join(entry.deletion for entry in learned))
        _drain(netlink)


class _Entry:
    """One message of a dump."""

    def __init__(self, body: bytes) -> None:
        self.family, self.index, state, _, _ = _NEIGHBOUR.unpack_from(body)
        self.fixed = bool(state & (_NUD_NOARP | _NUD_PERMANENT))
        self.destination = _attribute(body[_NEIGHBOUR.size:], _NDA_DST)

    @property
    def deletion(self) -> bytes:
        """RTM_DELNEIGH for it."""
        body = _NEIGHBOUR.pack(self.family, self.index, 0, 0, 0)
        body += attribute(_NDA_DST, self.destination)
        return _HEAD.pack(_HEAD.size + len(body), _RTM_DELNEIGH, NLM_F_REQUEST, 0, 0) + body


def _entries(netlink: socket.socket) -> Iterator[_Entry]:
    while True:
        data = netlink.recv(65536)
        at = 0
        while at < len(data):
            length, kind, _, _, _ = _HEAD.unpack_from(data, at)
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                return
            if kind == _RTM_NEWNEIGH:
                entry = _Entry(data[at + _HEAD.size:at + length])
                if entry.family in (socket.AF_INET, socket.AF_INET6):
                    yield entry
            at += (length + 3) & ~3


def _attribute(data: bytes, wanted: int) -> bytes:
    at = 0
    while at < len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if kind == wanted:
            return data[at + _ATTRIBUTE.size:at + length]
        at += (length + 3) & ~3
    return b""


def _drain(netlink: socket.socket) -> None:
    try:
        while True:
            netlink.recv(65536, socket.MSG_DONTWAIT)
    except BlockingIOError:
        pass
