"""Tables of the legacy iptables: what was loaded once is given to other namespaces as the kernel keeps it, without a process.

The machines of a lab, and those of the labs after it, mostly have the same rules. A table is read back as iptables itself does
before it changes one (include/uapi/linux/netfilter_ipv4/ip_tables.h; the same layout for IPv6), and set as iptables sets it.
"""
import ctypes
import re
import socket
import struct
from typing import Callable, Dict, List, NamedTuple, Tuple

import kernel

#: The same numbers at IPPROTO_IP and IPPROTO_IPV6.
_SET_REPLACE, _GET_INFO, _GET_ENTRIES = 64, 64, 65
#: struct ipt_getinfo: name, valid_hooks, hook_entry, underflow, num_entries, size.
_INFO = struct.Struct("=32sI5I5III")
#: struct ipt_get_entries before the entries, padded.
_ENTRIES = struct.Struct("=32sI4x")
#: struct ipt_replace before the entries: name, valid_hooks, num_entries, size, hook_entry, underflow, num_counters, counters.
_REPLACE = struct.Struct("=32sIII5I5IIQ")
_COUNTERS_SIZE = 16
_TABLE = re.compile(r"^\*(\S+)$", re.MULTILINE)
#: A set is its number in the rules, which is another one in the next namespace.
_OF_ITS_NAMESPACE = re.compile(r"match-set|-j SET")


class _Table(NamedTuple):
    name: bytes
    hooks: int
    #: hook_entry and underflow.
    places: Tuple[int, ...]
    count: int
    entries: bytes


class XtTables:
    """What was loaded so far, by family and text."""

    def __init__(self) -> None:
        self._known: Dict[Tuple[int, str], List[_Table]] = {}

    def restore(self, family: int, text: str, run: Callable[[], Dict[str, object]]) -> Dict[str, object]:
        """Loads the text into this process's namespace; `run` has iptables-restore do it."""
        if _OF_ITS_NAMESPACE.search(text):
            return run()
        tables = self._known.get((family, text))
        with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
            if tables is not None:
                for table in tables:
                    _replace(raw, family, table)
                return {"stdout": "", "stderr": "", "status": 0}
            output = run()
            if output["status"] == 0:
                self._known[family, text] = [_read(raw, family, name.encode()) for name in _TABLE.findall(text)]
        return output


def _info(raw: socket.socket, family: int, name: bytes) -> Tuple[int, Tuple[int, ...], int, int]:
    """Hooks, places, number and bytes of entries; the table comes into being by being asked for."""
    info = ctypes.create_string_buffer(_INFO.pack(name, *[0] * 13), _INFO.size)
    kernel.getsockopt(raw.fileno(), _level(family), _GET_INFO, info, "table")
    _, hooks, *places, count, size = _INFO.unpack(info.raw)
    return hooks, tuple(places), count, size


def _read(raw: socket.socket, family: int, name: bytes) -> _Table:
    hooks, places, count, size = _info(raw, family, name)
    buffer = ctypes.create_string_buffer(_ENTRIES.pack(name, size), _ENTRIES.size + size)
    kernel.getsockopt(raw.fileno(), _level(family), _GET_ENTRIES, buffer, "entries of a table")
    return _Table(name, hooks, places, count, buffer.raw[_ENTRIES.size:])


def _replace(raw: socket.socket, family: int, table: _Table) -> None:
    _, _, replaced, _ = _info(raw, family, table.name)
    # The kernel writes there what the old entries have counted.
    counters = ctypes.create_string_buffer(_COUNTERS_SIZE * replaced)
    head = _REPLACE.pack(
        *(table.name, table.hooks, table.count, len(table.entries), *table.places),
        *(replaced, ctypes.addressof(counters)),
    )
    raw.setsockopt(_level(family), _SET_REPLACE, head + table.entries)


def _level(family: int) -> int:
    return socket.IPPROTO_IP if family == socket.AF_INET else socket.IPPROTO_IPV6
