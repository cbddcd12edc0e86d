"""What asks a probe's question: a connection, a datagram or an echo request, of either family."""
import errno
import os
import select
import socket
import struct
from typing import Any, Dict, Optional

import kernel
from listeners import open_socket, reset

#: Payload of a question whose size is not given.
_DEFAULT_PAYLOAD = b"podpath?"
_ECHO_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_ECHO_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}
_ECHO = struct.Struct("!BBHHH")
#: struct icmp6_filter: a set bit keeps a type out. Only echo replies come in; errors come by IPV6_RECVERR.
_ONLY_ECHO_REPLIES = struct.pack("=8I", *[0xFFFFFFFF ^ (1 << 1 if word == 4 else 0) for word in range(8)])


class Sender:
    """One question from the namespace that this process is in."""

    #: Poll events that it waits for.
    events = select.POLLIN

    #: A connection was made.
    connected = False

    def __init__(self, probe: Dict[str, Any], opened: socket.socket) -> None:
        self.socket = opened
        self.payload = _payload(probe.get("size"))
        self.family = family_of(probe)
        self.destination = (probe["destination"], probe.get("port", 0))

    def start(self) -> None:
        """Sends. An OSError is the probe's result."""
        raise NotImplementedError

    def answer(self) -> Optional[str]:
        """Who answered, when the answer is there. An OSError is the probe's result."""
        raise NotImplementedError

    def close(self) -> None:
        """Leaves nothing that could go on into the next probe."""
        self.socket.close()


class Connection(Sender):
    """TCP, and SCTP in its one-to-one style: the question goes when the connection stands."""

    events = select.POLLIN | select.POLLOUT

    def __init__(self, probe: Dict[str, Any]) -> None:
        super().__init__(probe, open_socket(probe["protocol"], family_of(probe)))
        self._unsent = self.payload

    def start(self) -> None:
        try:
            self.socket.connect(self.destination)
        except BlockingIOError:
            pass

    def answer(self) -> Optional[str]:
        if not self.connected and not self._connect():
            return None
        if self._unsent:
            try:
                self._unsent = self._unsent[self.socket.send(self._unsent):]
            except BlockingIOError:
                return None
            if self._unsent:
                return None
            self.events = select.POLLIN
        try:
            said = self.socket.recv(256)
        except BlockingIOError:
            return None
        if not said:
            # Something else than our listener: it closed and said nothing.
            raise OSError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        return said.decode("utf-8", "replace")

    def _connect(self) -> bool:
        code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code != 0:
            raise OSError(code, os.strerror(code))
        try:
            self.socket.getpeername()
        except OSError:
            return False
        self.connected = True
        return True

    def close(self) -> None:
        reset(self.socket)


class Datagram(Sender):
    """UDP."""

    def __init__(self, probe: Dict[str, Any]) -> None:
        super().__init__(probe, open_socket("udp", family_of(probe)))

    def start(self) -> None:
        self.socket.connect(self.destination)
        self.socket.send(self.payload)

    def answer(self) -> Optional[str]:
        try:
            return self.socket.recv(256).decode("utf-8", "replace")
        except BlockingIOError:
            return None


class Echo(Sender):
    """ICMP's and ICMPv6's echo. Its identifier is the probe's source port."""

    _last_identifier = 0

    def __init__(self, probe: Dict[str, Any]) -> None:
        family = family_of(probe)
        protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
        opened = socket.socket(family, socket.SOCK_RAW, protocol)
        opened.setblocking(False)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_ICMPV6, kernel.ICMP6_FILTER, _ONLY_ECHO_REPLIES)
        super().__init__(probe, opened)
        # A number of its own for each probe, so that connection tracking takes them for different flows.
        Echo._last_identifier = Echo._last_identifier % 0xFFFF + 1
        self._identifier: int = probe.get("sourcePort", Echo._last_identifier)

    def start(self) -> None:
        head = _ECHO.pack(_ECHO_REQUEST[self.family], 0, 0, self._identifier, 1)
        if self.family == socket.AF_INET:  # For ICMPv6 the kernel makes the checksum (RFC 3542, 3.1).
            checksum = _checksum(head + self.payload)
            head = _ECHO.pack(_ECHO_REQUEST[self.family], 0, checksum, self._identifier, 1)
        self.socket.connect((self.destination[0], 0))
        self.socket.send(head + self.payload)

    def answer(self) -> Optional[str]:
        while True:
            try:
                data, peer = self.socket.recvfrom(65536)
            except BlockingIOError:
                return None
            if self.family == socket.AF_INET:  # IPv4's raw sockets hand over the IP header, IPv6's do not.
                data = data[(data[0] & 15) * 4:]
            if len(data) >= _ECHO.size:
                kind, _, _, identifier, _ = _ECHO.unpack_from(data)
                if kind == _ECHO_REPLY[self.family] and identifier == self._identifier:
                    return str(peer[0])


def open_sender(probe: Dict[str, Any]) -> Sender:
    """The sender of a probe, bound to its source. An OSError is the probe's result."""
    kind = {"tcp": Connection, "sctp": Connection, "udp": Datagram, "icmp": Echo}[probe["protocol"]]
    sender = kind(probe)
    try:
        _set_options(sender, probe.get("df"))
        port = 0 if probe["protocol"] == "icmp" else probe.get("sourcePort", 0)
        if "source" in probe or port != 0:
            anywhere = "::" if sender.family == socket.AF_INET6 else "0.0.0.0"
            sender.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sender.socket.bind((probe.get("source", anywhere), port))
    except OSError:
        sender.socket.close()
        raise
    return sender


def family_of(probe: Dict[str, Any]) -> socket.AddressFamily:
    """AF_INET or AF_INET6."""
    return socket.AF_INET6 if ":" in probe["destination"] else socket.AF_INET


def _set_options(sender: Sender, dont_fragment: Optional[bool]) -> None:
    """Errors by ICMP come back as this socket's error (ip(7), ipv6(7)); DF as asked, else the kernel's default."""
    discovery = kernel.PMTUDISC_DO if dont_fragment else kernel.PMTUDISC_DONT
    if sender.family == socket.AF_INET6:
        sender.socket.setsockopt(socket.IPPROTO_IPV6, kernel.IPV6_RECVERR, 1)
        if dont_fragment is not None:
            sender.socket.setsockopt(socket.IPPROTO_IPV6, kernel.IPV6_MTU_DISCOVER, discovery)
            sender.socket.setsockopt(socket.IPPROTO_IPV6, kernel.IPV6_DONTFRAG, int(dont_fragment))
    else:
        sender.socket.setsockopt(socket.IPPROTO_IP, kernel.IP_RECVERR, 1)
        if dont_fragment is not None:
            sender.socket.setsockopt(socket.IPPROTO_IP, kernel.IP_MTU_DISCOVER, discovery)


def _payload(size: Optional[int]) -> bytes:
    if size is None:
        return _DEFAULT_PAYLOAD
    return (_DEFAULT_PAYLOAD * (size // len(_DEFAULT_PAYLOAD) + 1))[:size]


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2 == 1:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int(~total & 0xFFFF)
