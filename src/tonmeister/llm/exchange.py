"""A request that its caller can leave at any moment, whatever phase it is in.

Neither a name look-up nor a blocked read can be interrupted from outside. So a post runs in a
thread of its own and its caller waits for a future; cancelling that future cuts the connection.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, TypeVar

import httpx

from tonmeister.errors import LLMError

__all__ = ["Waiting", "post"]

T = TypeVar("T")

CONNECT_TIMEOUT = 10.0


class Waiting:
    """The futures somebody waits for, so that ``close`` can end all the waits."""

    def __init__(self) -> None:
        self._futures: set[Future[Any]] = set()
        self._closed = False
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise LLMError if ``close`` was called."""
        if self._closed:
            raise LLMError("The client of the language model is closed.", hint="Make another one.")

    def wait(self, future: Future[T], seconds: float, start: Callable[[], None] | None = None) -> T:
        """Return the future's result; leave it cancelled if that does not come in time.

        Args:
            future: What is waited for.
            seconds: How long.
            start: Begins the work. A ``close`` before the future is known could not end it.

        Raises:
            TimeoutError: It is not there after ``seconds``.
            LLMError: ``close`` was called, before or meanwhile.
        """
        try:
            with self._lock:
                if self._closed:
                    raise CancelledError
                self._futures.add(future)
            if start is not None:
                start()
            return future.result(timeout=max(0.0, seconds))
        except CancelledError as error:
            raise LLMError("The request to the language model was cancelled.") from error
        finally:
            future.cancel()
            with self._lock:
                self._futures.discard(future)

    def close(self) -> None:
        """Cancel every future that is waited for, and refuse to wait for others."""
        with self._lock:
            self._closed = True
            futures = list(self._futures)
        for future in futures:
            future.cancel()


def post(
    http: httpx.Client,
    url: str,
    body: Mapping[str, Any],
    timeout: float,
    future: Future[httpx.Response],
) -> None:
    """Start a post that is cut off when its future is cancelled.

    Args:
        http: The client to post with.
        url: Where to.
        body: What to send, as JSON.
        timeout: Seconds the thread may live on each wait for the network.
        future: Gets the response.
    """

    def follow(event: str, details: Mapping[str, Any]) -> None:
        # TLS wraps the socket anew, so each one reported is cut; the old ones are closed shells.
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            connection = details["return_value"].get_extra_info("socket")
            future.add_done_callback(lambda done: _cut(connection) if done.cancelled() else None)

    def run() -> None:
        limits = httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT))
        try:
            response = http.post(url, json=body, timeout=limits, extensions={"trace": follow})
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(response)

    threading.Thread(target=run, name="tonmeister-llm", daemon=True).start()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        # Past SSLSocket.shutdown, which would discard the TLS state another thread reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
