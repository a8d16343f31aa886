"""A configured language model words what was measured; what it words wrongly is not used.

It gets the sentence that was made of the facts, the facts, and the question. It has no tools and
starts nothing, and its words become part of a reply only when ``unfaithful`` finds nothing in them:
what a recording says can at worst spoil a sentence that is then left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from tonmeister.artifacts import Text
from tonmeister.config import Settings
from tonmeister.errors import ConfigError, TonmeisterError
from tonmeister.faithfulness import unfaithful
from tonmeister.translations import in_words
from tonmeister.wording import say

if TYPE_CHECKING:
    from tonmeister.llm.client import Completes, Message

__all__ = ["Phrased", "Phraser"]

ANSWER_TOKENS = 400
LONGEST_QUESTION = 500
LONGEST_FACTS = 6_000
"""Characters of facts that are handed over; those that come first are the surest."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """What came of asking for other words.

    Attributes:
        text: The words of the language model; None when the sentence stays as it is.
        note: What the user must be told about it, in the language of the reply.
    """

    text: Text | None
    note: str


class Phraser:
    """Has measured sentences worded anew.

    Args:
        settings: The remote language model is asked when ``llm_phrasing`` allows it; the embedded
            one words nothing.
        client: A language model to ask instead.

    Raises:
        ConfigError: It is allowed, and there is no remote language model.
    """

    def __init__(self, settings: Settings, client: "Completes | None" = None) -> None:
        self._settings = settings
        self._client = client
        remote = settings.llm in ("auto", "remote") and settings.llm_url
        if settings.llm_phrasing and not remote:
            raise ConfigError(
                "Setting 'llm_phrasing' is on, but no remote language model is set.",
                hint="Set llm_url to an OpenAI-compatible endpoint and llm to auto or remote, or "
                "turn llm_phrasing off.",
            )

    def phrased(self, answer: Text, question: object, language: str) -> Phrased | None:
        """Return the words of a language model for a measured sentence, if they keep to it.

        Args:
            answer: The sentence with what it rests on.
            question: What was asked; anything but a text is none.
            language: "en" or "pt", of the note.

        Returns:
            None when no language model is to be asked.
        """
        if not answer.basis or not (self._client or self._settings.llm_phrasing):
            return None
        try:
            self._client = self._client or _remote(self._settings)
            messages = _messages(answer, question)
            completion = self._client.complete(messages, max_tokens=ANSWER_TOKENS)
        except TonmeisterError as error:
            reason = in_words(language, error.message)
            return Phrased(None, say(language, "not_phrased", error=reason))
        wording = completion.text.strip()
        fault = unfaithful(wording, answer.text, answer.basis)
        if fault:
            reason = in_words(language, fault)
            return Phrased(None, say(language, "misphrased", fault=reason))
        worded = Text.plain(wording, answer.language, answer.basis)
        return Phrased(worded, say(language, "phrased", answer=answer.text))


def _remote(settings: Settings) -> "Completes":
    from tonmeister.llm.client import remote_client  # httpx comes with it

    return remote_client(settings)


def _messages(answer: Text, question: object) -> "list[Message]":
    page = files("tonmeister.llm") / "phrasing.md"
    facts: list[str] = []
    left = LONGEST_FACTS
    for fact in answer.basis:
        left -= len(fact)
        if left < 0:
            break
        facts.append(fact)
    told: Mapping[str, object] = {
        "language": "Portuguese" if answer.language == "pt" else "English",
        "question": question[:LONGEST_QUESTION] if isinstance(question, str) else None,
        "answer": answer.text,
        "facts": facts,
    }
    # JSON keeps what was said in a recording inside its quotation marks, line ends included.
    return [
        {"role": "system", "content": page.read_text(encoding="utf-8").strip()},
        {"role": "user", "content": json.dumps(told, ensure_ascii=False)},
    ]
