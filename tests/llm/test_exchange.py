from concurrent.futures import Future

import httpx
import pytest

from tonmeister.errors import LLMError
from tonmeister.llm.exchange import Waiting, post

from .conftest import Scripted, ScriptedEndpoint

PATIENCE = 30.0  # seconds for what should be at once; a busy machine takes its time


def test_a_close_before_the_wait_begins_is_heard_by_the_endpoint(
    endpoint: ScriptedEndpoint,
) -> None:
    endpoint.then(Scripted(stall=True))
    waiting = Waiting()
    http = httpx.Client()
    future: Future[httpx.Response] = Future()

    def start() -> None:
        """Send the request, and be overtaken by who closes."""
        post(http, f"{endpoint.url}/chat/completions", {}, 10 * PATIENCE, future)
        assert endpoint.arrived.wait(PATIENCE)
        waiting.close()
        http.close()

    with pytest.raises(LLMError, match="cancelled"):
        waiting.wait(future, PATIENCE, start)
    assert endpoint.caller_left.wait(PATIENCE), "the endpoint still works for nobody"


def test_nothing_starts_once_closed() -> None:
    waiting = Waiting()
    waiting.close()
    started: list[bool] = []
    with pytest.raises(LLMError, match="cancelled"):
        waiting.wait(Future(), PATIENCE, lambda: started.append(True))
    assert started == []
