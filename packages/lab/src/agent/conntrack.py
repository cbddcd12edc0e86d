"""A namespace's connection tracking table, as text."""
from namespaces import Namespaces


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
