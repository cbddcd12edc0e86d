"""A namespace's connection tracking table, as text."""
import re
from typing import Set

from namespaces import Namespaces

_ECHO = re.compile(r"src=\S+ dst=\S+ type=\d+ code=\d+ id=\d+")


def table(namespaces: Namespaces, name: str) -> str:
    """/proc/net/nf_conntrack: both families, the same words as `conntrack -L -o extended`.

    Without connection tracking in the kernel the file does not exist: nothing is tracked. A network that has rules about
    connections is only built where the file is there (feature `conntrack`).
    """
    namespaces.enter(name)
    try:
        with open("/proc/thread-self/net/nf_conntrack", encoding="ascii") as reader:
            return reader.read()
    except FileNotFoundError:
        return ""


def echoes(content: str) -> Set[str]:
    """The echoes that a table knows, by their first direction: one asked later differs from them in its identifier only."""
    return set(_ECHO.findall(content))


def without(content: str, earlier: Set[str]) -> str:
    """The table without echoes of earlier probes."""
    lines = content.splitlines(keepends=True)
    return "".join(line for line in lines if (found := _ECHO.search(line)) is None or found.group() not in earlier)
