"""`ip -batch` without a process where its lines are simple ones: in a guest a process costs more than a hundred lines.

A line's message is what iproute2 6.1 makes of it (iplink.c, ipaddress.c, iproute.c, iprule.c, ipneigh.c). Lines with any word
that is not known here go to `ip` itself, in their order.
"""
import os
import socket
import struct
from typing import Callable, Dict, List, Optional, Set, Tuple

from rtnetlink import NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, Message, attribute, change, number

_RTM_NEWLINK, _RTM_NEWADDR, _RTM_NEWROUTE, _RTM_NEWNEIGH, _RTM_NEWRULE = 16, 20, 24, 28, 32
#: struct ifinfomsg: family, type, index, flags, change.
_LINK = struct.Struct("=BxHiII")
#: struct ifaddrmsg: family, prefix length, flags, scope, index.
_ADDRESS = struct.Struct("=BBBBI")
#: struct rtmsg: family, lengths of destination and source, TOS, table, protocol, scope, type, flags. As fib_rule_hdr: type is action.
_ROUTE = struct.Struct("=BBBBBBBBI")
#: struct ndmsg: family, index, state, flags, type.
_NEIGHBOUR = struct.Struct("=BxxxiHBB")

_IFF_UP, _IFF_NOARP = 0x1, 0x80
_IFA_F_NODAD, _IFA_F_NOPREFIXROUTE = 0x02, 0x200
_RTNH_F_ONLINK = 4
_FR_ACT_TO_TBL = 1
_NTF_PROXY = 0x08
_NUD_PERMANENT = 0x80
_SCOPES = {"global": 0, "link": 253, "host": 254}
_TYPES = {"unicast": 1, "local": 2, "blackhole": 6, "unreachable": 7, "prohibit": 8, "throw": 9}
#: /etc/iproute2/rt_protos.
_PROTOCOLS = {"kernel": 2, "boot": 3, "static": 4, "bird": 12, "bgp": 186}
_TABLES = {"default": 253, "main": 254, "local": 255}
_STATES = {"permanent": _NUD_PERMANENT, "noarp": 0x40, "reachable": 0x02, "stale": 0x04}

Run = Callable[[str], Dict[str, object]]
_Options = Dict[str, str]


class _Unknown(Exception):
    """A line that only `ip` itself understands."""


def run_batch(text: str, family: int, run: Run) -> Dict[str, object]:
    """Carries the lines out in this process's namespace; `run` gives those that are not simple to `ip`."""
    waiting: List[Tuple[str, Message]] = []
    others: List[str] = []
    devices = _Devices()
    for line in text.splitlines():
        try:
            message = _message(line.split(), family, devices)
        except _Unknown:
            message = None
        if message is not None and others:
            output = run("".join(f"{other}\n" for other in others))
            others.clear()
            devices = _Devices()
            if output["status"] != 0:
                return output
            message = _message(line.split(), family, devices)
        if message is None:
            failed = _send(waiting)
            waiting.clear()
            if failed is not None:
                return failed
            others.append(line)
        else:
            waiting.append((line, message))
    failed = _send(waiting)
    if failed is None and others:
        return run("".join(f"{other}\n" for other in others))
    return failed or {"stdout": "", "stderr": "", "status": 0}


def _send(lines: List[Tuple[str, Message]]) -> Optional[Dict[str, object]]:
    refused = change([message for _, message in lines]) if lines else None
    if refused is None:
        return None
    at, code = refused
    return {"stdout": "", "stderr": f"ip {lines[at][0]}: {os.strerror(code)}", "status": 2}


class _Devices:
    """Indexes by name in this process's namespace; devices are made and renamed by `ip` alone."""

    def __init__(self) -> None:
        self._indexes: Optional[Dict[str, int]] = None

    def index(self, name: str) -> int:
        """Unknown where there is none: `ip` says so best."""
        if self._indexes is None:
            self._indexes = {each: index for index, each in socket.if_nameindex()}
        if name not in self._indexes:
            raise _Unknown
        return self._indexes[name]


def _message(words: List[str], family: int, devices: _Devices) -> Message:
    kind = " ".join(words[:2])
    if kind == "link set":
        return _link(_options(words[2:], {"dev", "mtu", "address", "master", "arp"}, {"up", "down"}), devices)
    if kind == "address replace" and len(words) > 2:
        valued = {"broadcast", "scope", "dev"}
        return _address(words[2], _options(words[3:], valued, {"nodad", "noprefixroute"}), devices)
    if kind == "route add" and len(words) > 2:
        typed = words[2] in _TYPES
        valued = {"via", "dev", "table", "proto", "scope", "metric", "src"}
        options = _options(words[4 if typed else 3:], valued, {"onlink"})
        return _route(words[2] if typed else "unicast", words[3 if typed else 2], options, devices)
    if kind == "neigh add" and len(words) > 3 and words[2] == "proxy":
        return _neighbour(words[3], _options(words[4:], {"dev"}, set()), NLM_F_EXCL, devices)
    if kind == "neigh replace" and len(words) > 2:
        return _neighbour(words[2], _options(words[3:], {"lladdr", "dev", "nud"}, set()), NLM_F_REPLACE, devices)
    if kind == "rule add":
        return _rule(_options(words[2:], {"from", "to", "fwmark", "iif", "oif", "lookup", "priority"}, set()), family)
    raise _Unknown


def _options(words: List[str], valued: Set[str], flags: Set[str]) -> _Options:
    options: _Options = {}
    rest = iter(words)
    for word in rest:
        if word in options or word not in valued | flags:
            raise _Unknown
        options[word] = "" if word in flags else next(rest, "")
    return options


def _wanted(options: _Options, *names: str) -> None:
    if any(name not in options for name in names):
        raise _Unknown


def _link(options: _Options, devices: _Devices) -> Message:
    _wanted(options, "dev")
    flags, changed, attributes = 0, 0, b""
    for name, value in options.items():
        if name in ("up", "down"):
            changed |= _IFF_UP
            flags |= _IFF_UP if name == "up" else 0
        elif name == "arp":
            changed |= _IFF_NOARP
            flags |= _IFF_NOARP if _one_of({"on": 0, "off": 1}, value) else 0
        elif name == "mtu":
            attributes += number(4, _integer(value))
        elif name == "address":
            attributes += attribute(1, _mac(value))
        elif name == "master":
            attributes += number(10, devices.index(value))
    body = _LINK.pack(socket.AF_UNSPEC, 0, devices.index(options["dev"]), flags, changed)
    return _RTM_NEWLINK, 0, body + attributes


def _address(text: str, options: _Options, devices: _Devices) -> Message:
    _wanted(options, "dev", "scope")
    family, address, length = _prefix(text)
    flags = (_IFA_F_NODAD if "nodad" in options else 0) | (_IFA_F_NOPREFIXROUTE if "noprefixroute" in options else 0)
    attributes = attribute(2, address) + attribute(1, address)
    if "broadcast" in options:
        attributes += attribute(4, _of_family(options["broadcast"], family))
    if flags:
        attributes += number(8, flags)
    scope = _one_of(_SCOPES, options["scope"])
    body = _ADDRESS.pack(family, length, flags & 0xFF, scope, devices.index(options["dev"]))
    return _RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, body + attributes


def _route(kind: str, text: str, options: _Options, devices: _Devices) -> Message:
    family, destination, length = _prefix(text)
    if kind == "unicast":
        _wanted(options, "dev")
    elif kind == "local":
        _wanted(options, "table", "scope")
    # What stands on the device alone is on the link (iproute_modify); IPv6 has no scopes.
    scope = 253 if kind == "unicast" and family == socket.AF_INET and "via" not in options else 0
    if "scope" in options:
        scope = _one_of(_SCOPES, options["scope"])
    table = _table(options.get("table", "main"))
    protocol = options.get("proto", "boot")
    attributes = attribute(1, destination) + (number(15, table) if table > 255 else b"")
    if "via" in options:
        attributes += attribute(5, _of_family(options["via"], family))
    if "dev" in options:
        attributes += number(4, devices.index(options["dev"]))
    if "src" in options:
        attributes += attribute(7, _of_family(options["src"], family))
    if "metric" in options:
        attributes += number(6, _integer(options["metric"]))
    body = _ROUTE.pack(
        *(family, length, 0, 0, table if table < 256 else 0),
        *(int(protocol) if protocol.isdigit() else _one_of(_PROTOCOLS, protocol), scope, _TYPES[kind]),
        _RTNH_F_ONLINK if "onlink" in options else 0,
    )
    return _RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, body + attributes


def _neighbour(text: str, options: _Options, flag: int, devices: _Devices) -> Message:
    family, address = _ip(text)
    attributes = attribute(1, address)
    state, proxy = _NUD_PERMANENT, _NTF_PROXY
    if flag == NLM_F_REPLACE:
        _wanted(options, "lladdr", "nud")
        attributes += attribute(2, _mac(options["lladdr"]))
        state, proxy = _one_of(_STATES, options["nud"]), 0
    _wanted(options, "dev")
    body = _NEIGHBOUR.pack(family, devices.index(options["dev"]), state, proxy, 0)
    return _RTM_NEWNEIGH, NLM_F_CREATE | flag, body + attributes


def _rule(options: _Options, family: int) -> Message:
    _wanted(options, "from", "lookup", "priority")
    lengths = {"from": 0, "to": 0}
    attributes = b""
    for name, kind in (("to", 1), ("from", 2)):
        text = options.get(name, "all")
        if text != "all":
            own, address, lengths[name] = _prefix(text)
            if own != family:
                raise _Unknown
            attributes += attribute(kind, address)
    for name, kind in (("iif", 3), ("oif", 17)):
        if name in options:
            attributes += attribute(kind, options[name].encode() + b"\0")
    if "fwmark" in options:
        mark, _, mask = options["fwmark"].partition("/")
        attributes += number(10, _integer(mark)) + (number(16, _integer(mask)) if mask else b"")
    table = _table(options["lookup"])
    attributes += number(6, _integer(options["priority"])) + (number(15, table) if table > 255 else b"")
    body = _ROUTE.pack(
        family, lengths["to"], lengths["from"], 0, table if table < 256 else 0, 0, 0, _FR_ACT_TO_TBL, 0
    )
    return _RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, body + attributes


def _one_of(words: Dict[str, int], word: str) -> int:
    if word not in words:
        raise _Unknown
    return words[word]


def _table(word: str) -> int:
    return int(word) if word.isdigit() else _one_of(_TABLES, word)


def _integer(word: str) -> int:
    try:
        return int(word, 0)
    except ValueError as error:
        raise _Unknown from error


def _mac(text: str) -> bytes:
    try:
        octets = bytes(int(octet, 16) for octet in text.split(":"))
    except ValueError as error:
        raise _Unknown from error
    if len(octets) != 6:
        raise _Unknown
    return octets


def _ip(text: str) -> Tuple[int, bytes]:
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        return family, socket.inet_pton(family, text)
    except OSError as error:
        raise _Unknown from error


def _of_family(text: str, family: int) -> bytes:
    own, address = _ip(text)
    if own != family:
        raise _Unknown
    return address


def _prefix(text: str) -> Tuple[int, bytes, int]:
    address, _, length = text.partition("/")
    family, octets = _ip(address)
    if length and not length.isdigit():
        raise _Unknown
    return family, octets, int(length) if length else len(octets) * 8
