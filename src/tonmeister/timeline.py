"""Going about in the tree of a conversation: undo, redo, and to any turn."""

from tonmeister.errors import StoreError
from tonmeister.ledger.history import History, Turn
from tonmeister.memory import words_of
from tonmeister.planner.answers import Command
from tonmeister.wording import say

__all__ = ["Timeline"]


class Timeline:
    """Moves the head of a conversation; nothing is ever lost by it.

    Args:
        history: All conversations.
        session_id: Which one.
    """

    def __init__(self, history: History, session_id: int) -> None:
        self._history = history
        self._id = session_id

    @property
    def number(self) -> int | None:
        """Number of the turn the next one will follow; None at the beginning."""
        head = self._history.head(self._id)
        return head.number if head else None

    @property
    def turns(self) -> list[Turn]:
        """The turns on the way here, oldest first."""
        return self._history.path(self._id)

    def obey(self, command: Command, language: str) -> str:
        """Carry out "undo", "redo" or "checkout", and tell what was done.

        Args:
            command: The command.
            language: Language of the answer, "en" or "pt".

        Raises:
            StoreError: The session has no such turn, or it is not on the way here.
        """
        if command.name == "checkout" and command.turn is not None:
            turn = self._history.checkout(self._id, command.turn)
            return say(language, "at_turn", number=turn.number, request=words_of(turn))
        if command.name == "redo":
            return self._redo(command.count, language)
        if command.turn is not None:
            return self._undo_to_before(command.turn, language)
        return self._undo(command.count, language)

    def return_to(self, number: int | None) -> None:
        """Go back to where the conversation stood.

        Args:
            number: What ``number`` was there.
        """
        if number is not None:
            self._history.checkout(self._id, number)
            return
        while self._history.undo(self._id) is not None:
            pass

    def _undo(self, count: int, language: str) -> str:
        start, taken = self.number, 0
        while taken < count and (turn := self._history.undo(self._id)):
            taken += _did_something(turn)  # questions and small talk undo with what follows
            if taken == count:
                return _told(language, "undone", count, turn)
        self.return_to(start)
        return _too_few(language, "undo", taken)

    def _undo_to_before(self, number: int, language: str) -> str:
        turn = next((one for one in self.turns if one.number == number), None)
        if turn is None:
            raise StoreError(
                f"Turn {number} does not lie before this one.", hint="List them: tonmeister log"
            )
        while self._history.undo(self._id) != turn:
            pass
        return say(language, "undone", request=words_of(turn))

    def _redo(self, count: int, language: str) -> str:
        start, taken = self.number, 0
        while taken < count and (turn := self._history.redo(self._id)):
            taken += _did_something(turn)
            if taken == count:
                return _told(language, "redone", count, turn)
        while self.number != start:
            self._history.undo(self._id)
        return _too_few(language, "redo", taken)


def _did_something(turn: Turn) -> bool:
    return bool((turn.answer or {}).get("steps"))


def _told(language: str, what: str, count: int, turn: Turn) -> str:
    sentence = what if count == 1 else f"{what}_many"
    return say(language, sentence, request=words_of(turn), count=count)


def _too_few(language: str, what: str, there_are: int) -> str:
    sentence = f"few_to_{what}" if there_are else f"nothing_to_{what}"
    return say(language, sentence, count=there_are)
