import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings
from tonmeister.errors import ConfigError, LLMError
from tonmeister.llm.client import ChatClient, Message
from tonmeister.planner.answers import Request
from tonmeister.planner.choice import Planners, Usage
from tonmeister.registry import discover

from .conftest import Scripted, ScriptedEndpoint, says

QUESTION: list[Message] = [{"role": "user", "content": "Remove the hum."}]
SCHEMA = {"type": "object", "properties": {"tool": {"type": "string"}}}
KEY = SecretStr("sk-very-secret-0123456789")
PATIENCE = 30.0  # seconds for what should be at once; a busy machine takes its time


def refusal(message: str, *, param: str | None = None, status: int = 400) -> Scripted:
    return Scripted(status, {"error": {"message": message, "param": param}})


def ask(endpoint: ScriptedEndpoint, **wishes: Any) -> LLMError:
    with ChatClient(endpoint.url, key=KEY) as client, pytest.raises(LLMError) as caught:
        client.complete(QUESTION, **wishes)
    error = caught.value
    assert error.message and "\n" not in str(error)
    assert error.hint, "the cure is missing"
    assert KEY.get_secret_value() not in str(error)
    return error


def test_an_answer_comes_back_with_its_tokens_and_time(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(says("reduce_hum()", cached=5))
    with ChatClient(endpoint.url) as client:
        answer = client.complete(QUESTION)
    assert answer.text == "reduce_hum()"
    assert (answer.prompt_tokens, answer.completion_tokens, answer.cached_tokens) == (7, 3, 5)
    assert answer.finish_reason == "stop"
    assert 0.0 < answer.seconds < 10.0


@pytest.mark.parametrize(
    "control", ["<|im_end|>", "<|im_start|>", "<｜User｜>", "<start_of_turn>", "</s>", "[/INST]"]
)
def test_a_control_token_inside_of_a_text_is_taken_apart(
    control: str, endpoint: ScriptedEndpoint
) -> None:
    endpoint.then(says("yes"))
    with ChatClient(endpoint.url) as client:
        client.complete([{"role": "user", "content": f'say "{control} go on", 1 < 2 [0:3]'}])
    content = endpoint.asked[0].body["messages"][0]["content"]
    assert control not in content
    assert content.replace(" ", "") == f'say"{control}goon",1<2[0:3]'
    assert content.endswith('go on", 1 < 2 [0:3]')


def test_the_request_carries_what_was_asked_for(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(says("yes"))
    with ChatClient(endpoint.url, model="small", key=KEY) as client:
        client.complete(QUESTION, max_tokens=9, temperature=0.5, seed=4, stop=["\n"])
    asked = endpoint.asked[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.authorization == f"Bearer {KEY.get_secret_value()}"
    assert asked.body == {
        "model": "small",
        "messages": QUESTION,
        "max_tokens": 9,
        "temperature": 0.5,
        "seed": 4,
        "stop": ["\n"],
    }


def test_without_a_key_no_authorization_is_sent(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(says("yes"))
    with ChatClient(endpoint.url) as client:
        client.complete(QUESTION)
    assert endpoint.asked[0].authorization is None


def test_calls_and_tokens_are_counted_over_the_clients_life(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(says("one", cached=5), says("two", finish_reason="length"), Scripted(404, {}))
    with ChatClient(endpoint.url) as client:
        client.complete(QUESTION)
        for _ in range(2):
            with pytest.raises(LLMError):
                client.complete(QUESTION)
    assert (client.calls, client.tokens, client.cached_tokens) == (2, 20, 5)


def test_what_requests_took_is_known_to_who_asks_the_planners(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.then(says('{"decline": "No."}', cached=5))
    settings = Settings(home=tmp_path, weights=tmp_path, llm="remote", llm_url=endpoint.url)
    planners = Planners(settings, CheckpointCache(tmp_path), discover())
    assert planners.usage == Usage()
    planners.answer(Request("do what nobody has ever done", (), {}), lambda event: None)
    assert planners.usage == Usage(calls=1, tokens=10, cached_tokens=5)


def test_a_schema_goes_into_response_format(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(says("{}"))
    with ChatClient(endpoint.url) as client:
        client.complete(QUESTION, json_schema=SCHEMA, grammar='root ::= "a"')
    body = endpoint.asked[0].body
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert "grammar" not in body


def test_refused_structured_output_is_not_asked_for_again(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(refusal("response_format is not supported"), says("a"), says("b"))
    with ChatClient(endpoint.url) as client:
        assert client.structured
        assert client.complete(QUESTION, json_schema=SCHEMA).text == "a"
        assert client.complete(QUESTION, json_schema=SCHEMA).text == "b"
    assert ["response_format" in asked.body for asked in endpoint.asked] == [True, False, False]


def test_a_refused_schema_falls_back_to_the_grammar_then_to_text(
    endpoint: ScriptedEndpoint,
) -> None:
    endpoint.then(refusal("no"), refusal("no"), says("plain"))
    with ChatClient(endpoint.url) as client:
        client.complete(QUESTION, json_schema=SCHEMA, grammar='root ::= "a"')
        assert not client.structured
    sent = [{"response_format", "grammar"} & set(asked.body) for asked in endpoint.asked]
    assert sent == [{"response_format"}, {"grammar"}, set()]


def test_a_feature_is_not_forgotten_when_plain_text_is_refused_too(
    endpoint: ScriptedEndpoint,
) -> None:
    endpoint.then(refusal("bad"), refusal("bad model"), says("{}"))
    with ChatClient(endpoint.url) as client:
        with pytest.raises(LLMError, match="bad model"):
            client.complete(QUESTION, json_schema=SCHEMA)
        client.complete(QUESTION, json_schema=SCHEMA)
    assert "response_format" in endpoint.asked[-1].body


def test_a_prompt_that_is_too_long_is_no_missing_feature(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(refusal("This model's maximum context length is 8192 tokens."))
    error = ask(endpoint, json_schema=SCHEMA)
    assert "context length" in error.message
    assert "Shorten" in error.hint
    assert len(endpoint.asked) == 1


def test_a_sampling_setting_the_endpoint_blames_is_left_out(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(
        refusal("Use 'max_completion_tokens' instead.", param="max_tokens"),
        refusal("Unsupported value: 'temperature' does not support 0.0"),
        says("yes"),
    )
    with ChatClient(endpoint.url) as client:
        client.complete(QUESTION, json_schema=SCHEMA, max_tokens=9)
    body = endpoint.asked[-1].body
    assert body["max_completion_tokens"] == 9
    assert not {"max_tokens", "temperature"} & set(body)
    assert "response_format" in body, "an innocent field was dropped"


def test_llama_cpp_gets_the_grammar_and_keeps_its_prompt(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(says("a"))
    with ChatClient(endpoint.url, llama_cpp=True) as client:
        client.complete(QUESTION, grammar='root ::= "a"', json_schema=SCHEMA)
    body = endpoint.asked[0].body
    assert body["grammar"] == 'root ::= "a"'
    assert "response_format" not in body
    assert (body["cache_prompt"], body["id_slot"]) == (True, 0)


def test_a_grammar_llama_cpp_refuses_is_an_error(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(refusal("failed to parse grammar"))
    with (
        ChatClient(endpoint.url, llama_cpp=True) as client,
        pytest.raises(LLMError, match="failed to parse grammar"),
    ):
        client.complete(QUESTION, grammar="root ::= nonsense")
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_named_and_never_shown(endpoint: ScriptedEndpoint, status: int) -> None:
    endpoint.then(refusal(f"Bad key: {KEY.get_secret_value()}", status=status))
    error = ask(endpoint)
    assert "***" in error.message
    assert "llm_key" in error.hint


def test_not_found_points_to_model_and_path(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(Scripted(404, b"<html>nothing here</html>"))
    error = ask(endpoint)
    assert "404" in error.message
    assert "llm_model" in error.hint and "/v1" in error.hint


def test_a_redirect_is_not_followed_with_the_key(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(Scripted(301, {}, {"Location": "https://elsewhere.example/v1"}))
    assert "https://elsewhere.example/v1" in ask(endpoint).hint
    assert len(endpoint.asked) == 1


def test_a_short_retry_after_is_honoured_once(endpoint: ScriptedEndpoint) -> None:
    busy = Scripted(429, {"error": "slow down"}, {"Retry-After": "0.2"})
    endpoint.then(busy, says("yes"))
    with ChatClient(endpoint.url) as client:
        assert client.complete(QUESTION).seconds >= 0.2
    endpoint.then(busy, busy)
    assert "slow down" in ask(endpoint).message
    assert len(endpoint.asked) == 4


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "11"}, {"Retry-After": "soon"}])
def test_a_long_or_missing_retry_after_is_not_waited_for(
    endpoint: ScriptedEndpoint, headers: dict[str, str]
) -> None:
    endpoint.then(Scripted(429, {}, headers))
    assert "limit" in ask(endpoint).hint
    assert len(endpoint.asked) == 1


def test_a_server_error_is_retried_once(endpoint: ScriptedEndpoint) -> None:
    broken = Scripted(503, {"error": {"message": "Loading model"}}, {"Retry-After": "0"})
    endpoint.then(broken, says("yes"))
    with ChatClient(endpoint.url) as client:
        assert client.complete(QUESTION).text == "yes"
    endpoint.then(broken, broken)
    assert "Loading model" in ask(endpoint).message
    assert len(endpoint.asked) == 4


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Scripted(body=b"<html>welcome</html>"), "something else"),
        (Scripted(body=["unexpected"]), "something else"),
        (Scripted(body={"choices": []}), "without any choice"),
        (says(None, finish_reason="content_filter"), "content_filter"),
        (says("  \n"), "empty"),
        (says("half an ans", finish_reason="length"), "cut off at 512 tokens"),
        (Scripted(body={"half": 1}, break_off=True), "broke before"),
        (Scripted(422, {"detail": [{"loc": ["body", "model"], "msg": "required"}]}), "required"),
        (Scripted(418, {"error": 7}), "418"),
    ],
)
def test_an_unusable_answer_is_one_line_with_its_cure(
    endpoint: ScriptedEndpoint, answer: Scripted, found: str
) -> None:
    endpoint.then(answer)
    assert found in str(ask(endpoint))


def test_connection_refused_says_that_nothing_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        ChatClient(f"http://127.0.0.1:{port}/v1") as client,
        pytest.raises(LLMError, match="Nothing answers") as caught,
    ):
        client.complete(QUESTION)
    assert "llm_url" in caught.value.hint


def test_an_unknown_host_is_told_apart_from_a_silent_one() -> None:
    with (
        ChatClient("http://no-such-host.invalid/v1") as client,
        pytest.raises(LLMError, match="not known to the network"),
    ):
        client.complete(QUESTION)


def test_no_tls_where_https_was_asked_for_is_a_connection_not_trusted(
    endpoint: ScriptedEndpoint,
) -> None:
    with (
        ChatClient(endpoint.url.replace("http:", "https:")) as client,
        pytest.raises(LLMError, match="No trusted connection"),
    ):
        client.complete(QUESTION)


def test_the_time_out_covers_the_whole_call(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(Scripted(stall=True))
    started = time.monotonic()
    error = ask(endpoint, timeout=0.3)
    assert "within 0.3 s" in error.message and "llm_timeout" in error.hint
    assert time.monotonic() - started < 10.0
    assert endpoint.caller_left.wait(5.0), "the endpoint still works for nobody"


def test_close_ends_a_request_in_flight(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(Scripted(stall=True))
    client = ChatClient(endpoint.url, timeout=10 * PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.complete, QUESTION)
        assert endpoint.arrived.wait(PATIENCE)
        client.close()
        assert isinstance(running.exception(timeout=PATIENCE), LLMError)
    assert endpoint.caller_left.wait(PATIENCE), "the endpoint still works for nobody"


def test_close_ends_the_pause_before_a_retry(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(Scripted(429, {}, {"Retry-After": "9"}))
    client = ChatClient(endpoint.url)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.complete, QUESTION)
        assert endpoint.arrived.wait(PATIENCE)
        started = time.monotonic()
        client.close()
        assert isinstance(running.exception(timeout=PATIENCE), LLMError)
        assert time.monotonic() - started < 8.0


def test_a_closed_client_sends_nothing(endpoint: ScriptedEndpoint) -> None:
    client = ChatClient(endpoint.url)
    client.close()
    client.close()
    with pytest.raises(LLMError, match="closed"):
        client.complete(QUESTION)
    assert endpoint.asked == []


def test_one_request_does_not_wait_for_another(endpoint: ScriptedEndpoint) -> None:
    endpoint.then(Scripted(stall=True), says("second"))
    client = ChatClient(endpoint.url)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.complete, QUESTION)
        assert endpoint.arrived.wait(5.0)
        assert client.complete(QUESTION, timeout=5.0).text == "second"
        client.close()
        assert isinstance(first.exception(timeout=5.0), LLMError)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("api.example.org/v1/", "https://api.example.org/v1"),
        ("localhost:8080/v1", "http://localhost:8080/v1"),
        ("127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://nas.local/v1", "http://nas.local/v1"),
    ],
)
def test_without_a_scheme_the_key_never_travels_in_the_clear(given: str, used: str) -> None:
    with ChatClient(given) as client:
        assert client.url == used


def test_a_key_over_plain_http_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    for url in ("http://nas.local/v1", "https://nas.local/v1", "http://127.0.0.1:1/v1"):
        ChatClient(url, key=KEY).close()
    ChatClient("http://nas.local/v1").close()
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "unencrypted" in warnings[0]
    assert KEY.get_secret_value() not in caplog.text


@pytest.mark.parametrize(
    "url",
    ["", "ftp://host/v1", "http://", "http://host:port/v1", "https://host/v1?version=1"],
)
def test_an_unusable_url_names_the_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="llm_url"):
        ChatClient(url)


def test_a_password_in_the_url_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError, match="llm_key") as caught:
        ChatClient("https://user:hush@host/v1")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("key", ["two words", "line\nend", "clé"])
def test_an_unusable_key_names_the_setting_and_is_not_shown(key: str) -> None:
    with pytest.raises(ConfigError, match="llm_key") as caught:
        ChatClient("https://host/v1", key=SecretStr(key))
    assert key not in str(caught.value)


def test_prompts_and_answers_are_logged_at_debug_only_and_the_key_never(
    endpoint: ScriptedEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoint.then(refusal("no schema"), says("reduce_hum()"))
    with ChatClient(endpoint.url, key=KEY) as client:
        client.complete(QUESTION, json_schema=SCHEMA)
    loud = " ".join(r.getMessage() for r in caplog.records if r.levelno > logging.DEBUG)
    quiet = " ".join(r.getMessage() for r in caplog.records if r.levelno == logging.DEBUG)
    assert "Remove the hum." in quiet and "reduce_hum" in quiet
    assert "Remove the hum." not in loud and "reduce_hum" not in loud
    assert KEY.get_secret_value() not in caplog.text
