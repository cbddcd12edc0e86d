"""Requests and answers: one JSON object a line."""
import json
import os
from typing import Any, BinaryIO, Dict, Optional


class Channel:
    """The line to whoever started the agent."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader: BinaryIO = os.fdopen(reader, "rb")
        self._writer: BinaryIO = os.fdopen(writer, "wb")

    def receive(self) -> Optional[Dict[str, Any]]:
        """The next request; None when the other end is gone.

        A long request is `{"id", "file"}`: UML's serial line stops for good once some 4,000 bytes are unread in it.
        """
        line = self._reader.readline()
        if not line.endswith(b"\n"):
            return None
        request: Dict[str, Any] = json.loads(line)
        if "file" in request:
            with open(request["file"], "rb") as reader:
                request = json.load(reader)
        return request

    def send(self, message: Dict[str, Any]) -> None:
        """Answers."""
        self._writer.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        self._writer.flush()
