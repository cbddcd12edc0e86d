"""Sockets that answer: each connection and datagram is answered with the name of the namespace that took it."""
import errno
import os
import select
import socket
import struct
from typing import Any, Dict, List, Optional, Set, Tuple

import kernel
from namespaces import Namespaces

_LARGEST_DATAGRAM = 65536
#: Reset instead of FIN: nothing of a connection goes on into the next probe.
_RESET = struct.pack("ii", 1, 0)
#: Level, type and bytes of a control message (recvmsg(2)).
Ancillary = Tuple[int, int, bytes]
_TYPES = {
    "tcp": (socket.SOCK_STREAM, socket.IPPROTO_TCP),
    "udp": (socket.SOCK_DGRAM, socket.IPPROTO_UDP),
    "sctp": (socket.SOCK_STREAM, kernel.IPPROTO_SCTP),
}


class ListenFailed(OSError):
    """A listener that could not be made: which one."""

    def __init__(self, why: OSError, wanted: Dict[str, Any]) -> None:
        super().__init__(why.errno, os.strerror(why.errno or 0))
        self.wanted = wanted


def open_socket(protocol: str, family: int) -> socket.socket:
    """A non-blocking socket of a transport protocol, in the namespace that this process is in."""
    opened = socket.socket(family, *_TYPES[protocol])
    opened.setblocking(False)
    return opened


def reset(connection: socket.socket) -> None:
    """Closes a connection with a reset (SCTP: an abort)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()


class Listener:
    """One listening socket."""

    def __init__(self, namespace: str, protocol: str, address: str, port: int) -> None:
        self.namespace = namespace
        self.protocol = protocol
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = open_socket(protocol, self.family)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if self.family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if protocol == "udp":
                # An answer leaves from the address that was asked, which is not always the one the route would give.
                if self.family == socket.AF_INET6:
                    self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
                else:
                    self.socket.setsockopt(socket.IPPROTO_IP, kernel.IP_PKTINFO, 1)
            self.socket.bind((address, port))
            if protocol != "udp":
                self.socket.listen(64)
        except OSError:
            self.socket.close()
            raise


class Listeners:
    """All listeners of the lab, and the connections that they took."""

    def __init__(self, namespaces: Namespaces) -> None:
        self._namespaces = namespaces
        self._listeners: Dict[int, Listener] = {}
        #: Connections whose question is not read to its end: the listener, and how many bytes are still to come.
        self._asking: Dict[int, Tuple[socket.socket, Listener, int]] = {}
        self._taken: List[socket.socket] = []
        self._waiting = select.epoll()

    def fileno(self) -> int:
        """Readable when there is something to serve."""
        return self._waiting.fileno()

    def replace(self, wanted: List[Dict[str, Any]]) -> None:
        """These listeners instead of those before. Without an address: all addresses of both families."""
        self.close({listener.namespace for listener in self._listeners.values()})
        for want in wanted:
            self._namespaces.enter(want["namespace"])
            for address in [want["address"]] if "address" in want else ["0.0.0.0", "::"]:
                try:
                    listener = Listener(want["namespace"], want["protocol"], address, want["port"])
                except OSError as error:
                    if error.errno == errno.EAFNOSUPPORT and "address" not in want and address == "::":
                        continue  # A kernel without IPv6.
                    raise ListenFailed(error, {**want, "address": address}) from error
                self._listeners[listener.socket.fileno()] = listener
                self._waiting.register(listener.socket, select.EPOLLIN)

    def close(self, names: Set[str]) -> None:
        """No longer listens in these namespaces."""
        self.forget()
        for descriptor, listener in list(self._listeners.items()):
            if listener.namespace in names:
                listener.socket.close()
                del self._listeners[descriptor]

    def serve(self, question_length: int) -> List[Dict[str, Any]]:
        """Answers everything that came. A connection is answered when the whole question is there."""
        accepted: List[Dict[str, Any]] = []
        ready = self._waiting.poll(0)
        while ready:
            for descriptor, _ in ready:
                if descriptor in self._listeners:
                    entry = self._take(self._listeners[descriptor], question_length)
                    if entry is not None:
                        accepted.append(entry)
                else:
                    self._read(descriptor)
            ready = self._waiting.poll(0)
        return accepted

    def forget(self) -> None:
        """Ends the connections of a probe, and drops what nobody read."""
        self.serve(0)
        for connection in self._taken:
            reset(connection)
        self._taken.clear()
        self._asking.clear()

    def _take(self, listener: Listener, question_length: int) -> Optional[Dict[str, Any]]:
        if listener.protocol == "udp":
            return _answer_datagram(listener)
        try:
            connection, peer = listener.socket.accept()
        except OSError:
            return None  # It was reset before it was taken.
        connection.setblocking(False)
        self._taken.append(connection)
        self._asking[connection.fileno()] = (connection, listener, question_length)
        self._waiting.register(connection, select.EPOLLIN)
        return _entry(listener, connection.getsockname(), peer)

    def _read(self, descriptor: int) -> None:
        connection, listener, missing = self._asking[descriptor]
        missing = _read_question(connection, missing)
        self._asking[descriptor] = (connection, listener, missing)
        if missing <= 0:
            self._waiting.unregister(connection)
            if missing == 0:
                _answer(connection, listener)


def _entry(listener: Listener, own: Tuple[Any, ...], peer: Tuple[Any, ...]) -> Dict[str, Any]:
    return {
        "namespace": listener.namespace,
        "address": own[0],
        "port": own[1],
        "peer": {"address": peer[0], "port": peer[1]},
    }


def _answer_datagram(listener: Listener) -> Optional[Dict[str, Any]]:
    try:
        _, ancillary, _, peer = listener.socket.recvmsg(_LARGEST_DATAGRAM, 128)
    except OSError:
        return None
    asked, reply = _asked_address(listener, ancillary)
    try:
        listener.socket.sendmsg([listener.namespace.encode()], reply, 0, peer)
    except OSError:
        pass  # The question arrived all the same; that there is no answer is for the frames to show.
    return _entry(listener, (asked, listener.socket.getsockname()[1]), peer)


def _asked_address(listener: Listener, ancillary: List[Ancillary]) -> Tuple[str, List[Ancillary]]:
    """The address that a datagram was for, and what makes the answer leave from there."""
    for level, kind, value in ancillary:
        if level == socket.IPPROTO_IP and kind == kernel.IP_PKTINFO:  # struct in_pktinfo: ifindex, spec_dst, addr.
            address = value[8:12]
            return socket.inet_ntop(socket.AF_INET, address), [(level, kind, bytes(4) + address + bytes(4))]
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:  # struct in6_pktinfo: addr, ifindex.
            address = value[:16]
            # A link-local address means nothing without its device.
            device = value[16:20] if address[:2] == b"\xfe\x80" else bytes(4)
            return socket.inet_ntop(socket.AF_INET6, address), [(level, kind, address + device)]
    return listener.socket.getsockname()[0], []


def _read_question(connection: socket.socket, missing: int) -> int:
    """Bytes that are still missing; below zero when the client is gone."""
    try:
        while missing > 0:
            data = connection.recv(_LARGEST_DATAGRAM)
            if not data:
                return -1
            missing -= len(data)
    except BlockingIOError:
        return missing
    except OSError:
        return -1
    return 0


def _answer(connection: socket.socket, listener: Listener) -> None:
    try:
        connection.sendall(listener.namespace.encode())
    except OSError:
        pass  # The client is gone: what it met is in its own result.
