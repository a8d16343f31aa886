"""Public doubles for tests of Tonmeister and of its plug-ins."""

from collections.abc import Mapping, Sequence
from typing import Any

from tonmeister.errors import LLMError
from tonmeister.llm.client import Completion, Message

__all__ = ["ScriptedLLM"]


class ScriptedLLM:
    """Answers like a chat client, from a list.

    Args:
        answers: Its answers, in order; an error among them is raised.

    Attributes:
        prompts: The messages of every call so far.
        grammars: The grammar of every call so far.
        schemas: The JSON schema of every call so far.
    """

    def __init__(self, answers: Sequence[str | LLMError]) -> None:
        self.prompts: list[list[Message]] = []
        self.grammars: list[str | None] = []
        self.schemas: list[Mapping[str, Any] | None] = []
        self._answers = list(answers)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        grammar: str | None = None,
        json_schema: Mapping[str, Any] | None = None,
        max_tokens: int = 512,
    ) -> Completion:
        """Return the next answer.

        Args:
            messages: The conversation so far.
            grammar: Kept in ``grammars``.
            json_schema: Kept in ``schemas``.
            max_tokens: Not used.

        Raises:
            LLMError: It is the next answer, or there is none left.
        """
        self.prompts.append(list(messages))
        self.grammars.append(grammar)
        self.schemas.append(json_schema)
        if not self._answers:
            raise LLMError("The scripted language model has no answer left.", hint="Give it more.")
        answer = self._answers.pop(0)
        if isinstance(answer, LLMError):
            raise answer
        words = sum(len(message["content"].split()) for message in messages)
        return Completion(answer, words, len(answer.split()), 0.0, "stop")
