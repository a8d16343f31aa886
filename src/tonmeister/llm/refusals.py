"""Why an endpoint gave no answer, in one line with its cure."""

import re
import socket
import ssl
from collections.abc import Iterator
from typing import cast

import httpx

from tonmeister.errors import LLMError

__all__ = ["Refusal", "refused", "unreachable"]


class Refusal:
    """An endpoint's words about a request it refused.

    Args:
        response: Its answer, of any status and in any of the usual forms:
            ``{"error": {"message", "param"}}``, ``{"error": text}``, ``{"detail": …}``, or a page.

    Attributes:
        words: Its reason in one line.
        field: The field of the request it blames; empty if it names none.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.words = _one_line(response.reason_phrase) or "no reason given"
        self.field = ""
        try:
            answer: object = response.json()
        except ValueError:
            return
        if isinstance(answer, dict):
            named = cast("dict[str, object]", answer)
            answer = named.get("error", named.get("detail", named))
        if isinstance(answer, list) and answer:
            answer = cast("list[object]", answer)[0]
        if isinstance(answer, str):
            self.words = _one_line(answer) or self.words
        elif isinstance(answer, dict):
            self._read(cast("dict[str, object]", answer))

    def _read(self, answer: dict[str, object]) -> None:
        words = answer.get("message") or answer.get("msg")
        self.words = _one_line(str(words)) if words else self.words
        place = answer.get("loc")
        last = cast("list[object]", place)[-1:] if isinstance(place, list) else []
        self.field = str(answer.get("param") or (last[0] if last else ""))

    @property
    def is_about_length(self) -> bool:
        """Whether the prompt is longer than the model's context."""
        pattern = r"context[ _](size|length|window)|too many tokens"
        return bool(re.search(pattern, self.words, re.IGNORECASE))

    def blames(self, field: str) -> bool:
        """Say whether it names this field of the request as the reason."""
        return self.field == field or bool(re.search(rf"['\"`]{field}['\"`]", self.words))


def refused(url: str, response: httpx.Response, secret: str) -> LLMError:
    """Return the error for a status that is not a success.

    Args:
        url: The endpoint.
        response: Its answer.
        secret: The key; some endpoints repeat it, and it must not be shown.
    """
    status = response.status_code
    refusal = Refusal(response)
    words = refusal.words.replace(secret, "***") if secret else refusal.words
    if refusal.is_about_length:
        hint = "Shorten the request, or use a model with a longer context."
    elif status in (401, 403):
        hint = "Set llm_key (TONMEISTER_LLM_KEY) to a key that may use this model."
    elif status == 404:
        hint = "Check llm_model, and llm_url: it usually ends in /v1."
    elif status == 429:
        hint = "Wait and ask again, or raise the rate or spending limit there."
    elif 300 <= status < 400:
        hint = f"Set llm_url to where it points: {response.headers.get('location', 'unnamed')}"
    elif status >= 500:
        hint = "Look into the endpoint's log, or ask again later."
    else:
        hint = "The request does not suit this endpoint: check llm_model, llm_url, and any grammar."
    return LLMError(f"{url} refused the request ({status}): {words.rstrip('.')}.", hint=hint)


def unreachable(url: str, error: Exception, limit: float) -> LLMError:
    """Return the error for a request that got no answer at all.

    Args:
        url: The endpoint.
        error: What the network said.
        limit: Seconds that were allowed.
    """
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        message = f"The host of {url} is not known to the network."
        hint = "Check the spelling of llm_url, and the network connection."
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        message = f"No trusted connection to {url}: {_one_line(str(error))}."
        hint = "Check its certificate, and whether llm_url should begin with http://."
    elif isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        message = f"Nothing answers at {url}: connection refused or host unreachable."
        hint = "Start the language model there, or correct llm_url; llm=embedded needs neither."
    elif isinstance(error, TimeoutError | httpx.TimeoutException):
        message = f"{url} gave no answer within {limit:g} s."
        hint = "Raise llm_timeout, or use a smaller model."
    else:
        message = f"The connection to {url} broke before the answer was complete."
        hint = "Ask again; if it stays so, look into the endpoint's log."
    return LLMError(message, hint=hint)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _one_line(text: str, longest: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
