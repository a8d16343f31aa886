"""One client for every OpenAI-compatible chat endpoint, embedded or remote.

It asks, counts, and turns every refusal into one line with its cure. What an endpoint cannot
do (structured output, a sampling setting) is learnt from its first refusal and not sent again.
"""

import ipaddress
import logging
import re
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, Self, TypedDict
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from tonmeister.config import Settings
from tonmeister.errors import ConfigError, LLMError
from tonmeister.llm.exchange import Waiting, post
from tonmeister.llm.refusals import Refusal, refused, unreachable

__all__ = ["ChatClient", "Completes", "Completion", "Message", "remote_client"]

logger = logging.getLogger(__name__)

LONGEST_RETRY_AFTER = 10.0
SERVER_ERROR_PAUSE = 0.5
STRUCTURE_FIELDS = ("response_format", "grammar")
OPTIONAL_FIELDS = ("max_tokens", "temperature", "seed", "stop")


class Message(TypedDict):
    """One turn of a conversation with a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer of a language model.

    Args:
        text: The answer, never blank.
        prompt_tokens: Tokens of the whole prompt; 0 if the endpoint does not count.
        completion_tokens: Tokens of the answer; 0 if the endpoint does not count.
        seconds: Wall time from the request to the answer.
        finish_reason: Why the model stopped, in the endpoint's word; usually "stop".
        cached_tokens: Prompt tokens that the endpoint did not evaluate again.
    """

    text: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    finish_reason: str
    cached_tokens: int = 0


class _AnswerMessage(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _AnswerMessage
    finish_reason: str | None = None


class _PromptDetails(BaseModel):
    cached_tokens: int | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _PromptDetails | None = None


class _Answer(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class _Deadline:
    limit: float
    started: float

    @property
    def left(self) -> float:
        return max(0.0, self.started + self.limit - time.monotonic())


class Completes(Protocol):
    """What planning and phrasing need of a chat client."""

    def complete(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
    ) -> Completion:
        """Ask for one answer, see ``ChatClient.complete``."""
        ...


class ChatClient:
    """Ask a language model at an OpenAI-compatible endpoint.

    Use it from any thread; ``close`` ends a request in flight at once, and the endpoint sees
    its connection end. It keeps no connection open between requests.

    Args:
        url: Base URL of the endpoint, usually ending in ``/v1``. Without a scheme, https is
            taken, but http on this computer.
        model: Model name to send; None leaves the choice to the endpoint.
        key: Sent in the ``Authorization`` header and nowhere else.
        timeout: Default of ``complete``, in seconds.
        llama_cpp: Whether the endpoint is llama.cpp's server. It keeps the evaluated prompt for
            the next call, and a grammar it refuses is an error, not a missing feature.

    Attributes:
        url: The base URL in use.
        calls: Answers received.
        tokens: Prompt and completion tokens of all answers, as the endpoint counted them.
        cached_tokens: Prompt tokens among them that the endpoint did not evaluate again.

    Raises:
        ConfigError: The URL or the key cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str | None = None,
        key: SecretStr | None = None,
        timeout: float = 120.0,
        llama_cpp: bool = False,
    ) -> None:
        self.url = _base_url(url)
        self.calls = 0
        self.tokens = 0
        self.cached_tokens = 0
        self._model = model
        self._timeout = timeout
        self._llama_cpp = llama_cpp
        self._secret = key.get_secret_value().strip() if key else ""
        self._unknown: frozenset[str] = frozenset()
        self._waiting = Waiting()
        self._lock = threading.Lock()
        loopback = _is_loopback(self.url)
        if self._secret:
            _check_key(self._secret)
            if self.url.startswith("http://") and not loopback:
                logger.warning("The key travels unencrypted to %s; prefer https.", self.url)
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {self._secret}"} if self._secret else None,
            # One connection per request, so that cutting it harms no other request.
            limits=httpx.Limits(max_keepalive_connections=0),
            # A proxy named in the environment must not see what stays on this computer.
            trust_env=not loopback,
        )

    @property
    def structured(self) -> bool:
        """Whether the endpoint may have structured output: it has not refused both kinds."""
        return not self._unknown.issuperset(STRUCTURE_FIELDS)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Completion:
        """Ask for one answer.

        Structured output is a wish: an endpoint that refuses it is asked for plain text, so
        check what comes back. llama.cpp's server is given the grammar first, others the schema.

        Args:
            messages: The conversation, at least one message.
            grammar: GBNF grammar of the answer; its start symbol is ``root``.
            json_schema: JSON Schema of the answer.
            max_tokens: Longest answer, in tokens, ≥ 1.
            temperature: Randomness, 0.0 (none) to 2.0.
            seed: Seed of the sampler, for endpoints that have one.
            stop: Texts that end the answer.
            timeout: Seconds the whole call may take, retries included.

        Raises:
            LLMError: No answer, an unusable one, one cut off at ``max_tokens``, or ``close``.
        """
        body: dict[str, Any] = {
            "messages": [_inert(message) for message in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
        }
        wishes = {"model": self._model, "seed": seed, "stop": list(stop), "grammar": grammar}
        body |= {name: value for name, value in wishes.items() if value not in (None, [])}
        if json_schema is not None:
            schema = {"name": "answer", "schema": dict(json_schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        if self._llama_cpp:
            body |= {"cache_prompt": True, "id_slot": 0}
        deadline = _Deadline(self._timeout if timeout is None else timeout, time.monotonic())
        response = self._ask(body, deadline)
        return self._read(response, max_tokens, time.monotonic() - deadline.started)

    def close(self) -> None:
        """End requests in flight and refuse new ones; may be called twice, from any thread."""
        self._waiting.close()
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, body: dict[str, Any], deadline: _Deadline) -> httpx.Response:
        unknown = self._unknown
        while True:
            fitted = self._fit(body, unknown)
            response = self._post(fitted, deadline)
            blamed = self._blame(response, fitted)
            if blamed is None:
                break
            unknown |= {blamed}
        if not response.is_success:
            raise refused(self.url, response, self._secret)
        # Only now is it known that the dropped fields were the reason.
        for field in sorted(unknown - self._unknown):
            logger.info("%s does not take '%s'; it is not sent any more.", self.url, field)
        with self._lock:
            self._unknown |= unknown
        return response

    def _fit(self, body: Mapping[str, Any], unknown: frozenset[str]) -> dict[str, Any]:
        fitted = {name: value for name, value in body.items() if name not in unknown}
        if "max_tokens" in unknown:
            fitted["max_completion_tokens"] = body["max_tokens"]
        first, second = STRUCTURE_FIELDS[::-1] if self._llama_cpp else STRUCTURE_FIELDS
        if first in fitted:
            fitted.pop(second, None)
        return fitted

    def _blame(self, response: httpx.Response, body: Mapping[str, Any]) -> str | None:
        """Name the field that a refusal is about, if the request can do without it."""
        if self._llama_cpp or response.status_code not in (400, 422):
            return None
        refusal = Refusal(response)
        if refusal.is_about_length:
            return None
        for field in (*OPTIONAL_FIELDS, *STRUCTURE_FIELDS):
            if field in body and refusal.blames(field):
                return field
        return next((field for field in STRUCTURE_FIELDS if field in body), None)

    def _post(self, body: dict[str, Any], deadline: _Deadline) -> httpx.Response:
        response = self._exchange(body, deadline)
        pause = _pause_before_retry(response)
        if pause is None or pause >= deadline.left:
            return response
        logger.info("%s answered %d; asking again.", self.url, response.status_code)
        with suppress(TimeoutError):
            self._waiting.wait(Future[None](), pause)
        return self._exchange(body, deadline)

    def _exchange(self, body: dict[str, Any], deadline: _Deadline) -> httpx.Response:
        logger.debug("Asking %s: %s", self.url, body)
        self._waiting.check()
        left = deadline.left
        url = f"{self.url}/chat/completions"
        future: Future[httpx.Response] = Future()
        try:
            return self._waiting.wait(
                future, left, lambda: post(self._http, url, body, left, future)
            )
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise unreachable(self.url, error, deadline.limit) from error

    def _read(self, response: httpx.Response, max_tokens: int, seconds: float) -> Completion:
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError as error:
            message = f"{self.url} answered something else than a chat completion in JSON."
            hint = "Check llm_url: an OpenAI-compatible endpoint usually ends in /v1."
            raise LLMError(message, hint=hint) from error
        usage = answer.usage or _Usage()
        details = usage.prompt_tokens_details or _PromptDetails()
        with self._lock:
            self.calls += 1
            self.tokens += usage.prompt_tokens + usage.completion_tokens
            self.cached_tokens += details.cached_tokens or 0
        if not answer.choices:
            hint = "Ask again; if it stays so, choose another llm_model."
            raise LLMError(f"{self.url} answered without any choice.", hint=hint)
        finish_reason = answer.choices[0].finish_reason or "stop"
        text = answer.choices[0].message.content or ""
        if finish_reason == "length":
            message = f"The language model's answer was cut off at {max_tokens} tokens."
            raise LLMError(message, hint="Ask for less at once, or allow a longer answer.")
        if not text.strip():
            message = f"The language model's answer is empty (finish reason '{finish_reason}')."
            raise LLMError(message, hint="Word the request differently, or change llm_model.")
        logger.debug("%s answered: %s", self.url, text)
        return Completion(
            text=text,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            seconds=seconds,
            finish_reason=finish_reason,
            cached_tokens=details.cached_tokens or 0,
        )


_CONTROL = re.compile(r"(<)(?=[|｜]|/?[a-z_]+>)|(\[)(?=/?[A-Z_]+\])")


def _inert(message: Message) -> Message:
    """Take control tokens apart: servers read "<|im_end|>" as the end also inside a text."""
    return {"role": message["role"], "content": _CONTROL.sub(r"\g<0> ", message["content"])}


def remote_client(settings: Settings) -> ChatClient:
    """Return a client of the endpoint that the settings name.

    Args:
        settings: With ``llm_url``, and model, key and time-out as they are set.

    Raises:
        ConfigError: There is no URL, or it or the key cannot be used.
    """
    if not settings.llm_url:
        raise ConfigError(
            "Setting 'llm' is 'remote', but 'llm_url' is not set.",
            hint="Set TONMEISTER_LLM_URL to the endpoint's base URL.",
        )
    return ChatClient(
        settings.llm_url,
        model=settings.llm_model,
        key=settings.llm_key,
        timeout=settings.llm_timeout,
    )


def _pause_before_retry(response: httpx.Response) -> float | None:
    """Return the seconds to wait before the one retry, or None if there shall be none."""
    status = response.status_code
    if status != 429 and not response.is_server_error:
        return None
    try:
        pause = float(response.headers["retry-after"])
    except (KeyError, ValueError):
        return SERVER_ERROR_PAUSE if response.is_server_error else None
    return pause if 0.0 <= pause <= LONGEST_RETRY_AFTER else None


def _base_url(url: str) -> str:
    named = url.strip()
    if "://" not in named:
        named = f"{'http' if _is_loopback(f'http://{named}') else 'https'}://{named}"
    named = named.rstrip("/")
    hint = "Write it like https://host/v1 or http://127.0.0.1:8080/v1."
    try:
        parts = urlsplit(named)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ConfigError(f"Setting 'llm_url' is not a URL: {error}.", hint=hint) from error
    if "@" in parts.netloc or parts.query or parts.fragment:
        message = "Setting 'llm_url' has more than a host, a port and a path."
        raise ConfigError(message, hint=f"{hint} The key belongs into llm_key.")
    if not usable:
        raise ConfigError(f"Setting 'llm_url' is not a URL of the web: '{named}'.", hint=hint)
    return named


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_key(secret: str) -> None:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        message = "Setting 'llm_key' has a space, a line end or an accent, which no key has."
        raise ConfigError(message, hint="Copy the key again.")
