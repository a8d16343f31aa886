import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True)
class Scripted:
    """One answer of a scripted endpoint; ``stall`` never gives it."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    stall: bool = False
    break_off: bool = False


@dataclass(frozen=True)
class Asked:
    """One request that a scripted endpoint received."""

    path: str
    authorization: str | None
    body: dict[str, Any]


def says(text: str | None, *, finish_reason: str = "stop", cached: int = 0) -> Scripted:
    """Return a usual answer of 7 prompt and 3 completion tokens."""
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    usage |= {"prompt_tokens_details": {"cached_tokens": cached}}
    return Scripted(body={"choices": [choice], "usage": usage})


class ScriptedEndpoint:
    """A real HTTP server on loopback that gives the answers it is told, in order."""

    def __init__(self, *answers: Scripted) -> None:
        self.asked: list[Asked] = []
        self.arrived = threading.Event()
        self.caller_left = threading.Event()
        self._answers = list(answers)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def then(self, *answers: Scripted) -> None:
        self._answers.extend(answers)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                endpoint.asked.append(Asked(self.path, self.headers["Authorization"], body))
                answer = endpoint._answers.pop(0)
                endpoint.arrived.set()
                if answer.stall:
                    # An empty read means that the caller cut the connection.
                    if not self.connection.recv(1):
                        endpoint.caller_left.set()
                    return
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body)
                content = raw if isinstance(raw, bytes) else raw.encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content) + 99 * answer.break_off))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    server = ScriptedEndpoint()
    yield server
    server.close()
