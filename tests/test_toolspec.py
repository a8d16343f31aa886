from typing import Annotated, Literal, NamedTuple

import pytest

from tonmeister.artifacts import Kind, Noted, Transcript
from tonmeister.errors import ConfigError
from tonmeister.streaming import Audio
from tonmeister.toolspec import Card, Language, Model, Range, WorkingFolder, model, tool


class Stems(NamedTuple):
    vocals: Audio
    rest: Audio


def test_a_signature_and_its_docstring_say_everything():
    @tool(version=2, suffix="stems", claims=("audible",))
    def separate(
        audio: Audio,
        others: list[Audio],
        text: str | Transcript,
        folder: WorkingFolder,
        mode: Literal["fast", "good"] = "good",
        share: Annotated[float, Range(0.0, 1.0)] | None = None,
        count: int = 2,
        loud: bool = False,
        language: Language | None = None,
    ) -> Stems:
        """Separate voices.

        Use it to take
        voices apart.

        Args:
            audio: The mixture.
            others: More of them,
                over two lines.
            text: What is sung.
            folder: Where files go.
            mode: How.
            share: How much.
            count: How many.
            loud: Whether it is loud.
            language: What is spoken.

        Returns:
            Nothing: of use.
        """
        return Stems(audio, audio)

    assert (separate.name, separate.summary) == ("separate", "Separate voices.")
    assert separate.description == "Use it to take voices apart."
    assert separate.outputs == {"vocals": Kind.AUDIO, "rest": Kind.AUDIO}
    assert (separate.folder, separate.version, separate.needs_model) == ("folder", 2, False)
    parameters = separate.parameters
    assert {name: one.type for name, one in parameters.items()} == {
        "audio": "artifact",
        "others": "artifact",
        "text": "text",
        "mode": "choice",
        "share": "number",
        "count": "integer",
        "loud": "flag",
        "language": "language",
    }
    assert parameters["others"].many
    assert parameters["others"].description == "More of them, over two lines."
    assert parameters["text"].kinds == {Kind.TRANSCRIPT}
    assert parameters["mode"].choices == ("fast", "good")
    assert parameters["share"].limits == Range(0.0, 1.0)
    assert [one.required for one in parameters.values()] == [True] * 3 + [False] * 5


def test_notes_travel_beside_the_result():
    @tool()
    def warm(audio: Audio) -> Audio | Noted:
        """Warm a sound.

        Args:
            audio: Any recording.
        """
        return audio

    assert warm.outputs == {"result": Kind.AUDIO}
    made = object()
    assert warm(made) is made


def untyped(audio, /):
    """Do it.

    Args:
        audio: Any recording.
    """


def undescribed(audio: Audio) -> Audio:
    """Do it."""
    return audio


def undocumented(audio: Audio) -> Audio:
    return audio


def unfillable(audio: dict) -> Audio:
    """Do it.

    Args:
        audio: A dictionary.
    """
    return audio  # type: ignore[return-value]


def unkept(audio: Audio) -> int:
    """Do it.

    Args:
        audio: Any recording.
    """
    return 1


def wordy(audio: Audio) -> Audio:
    return audio


wordy.__doc__ = f"Do {'it ' * 40}.\n\nArgs:\n    audio: Sound.\n"


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (untyped, "lacks a type hint"),
        (undescribed, "or a description"),
        (undocumented, "has no docstring"),
        (unfillable, "which no planner can fill"),
        (unkept, "which is no kind of artifact"),
        (wordy, "exceeds 80 characters"),
    ],
)
def test_a_tool_no_planner_could_use_is_refused(function, problem: str):
    with pytest.raises(ConfigError, match=problem):
        tool()(function)


def test_a_model_is_known_by_its_class():
    card = Card("x", "MIT", None, 10, 0.1)

    @model(tool()(unkept_fixed), card=card)
    class Own: ...

    spec = Own.__tonmeister_model__  # type: ignore[attr-defined]
    assert spec == Model("unkept_fixed", card, Own, __name__)


def unkept_fixed(audio: Audio) -> Audio:
    """Do it.

    Args:
        audio: Any recording.
    """
    return audio


def test_a_tool_whose_results_are_named_by_words_has_a_text_parameter_of_that_name():
    def make(description: str, seed: int = 0) -> Audio:  # pyright: ignore[reportReturnType]
        """Make a sound.

        Args:
            description: What is heard.
            seed: A number.
        """

    assert tool(named_by="description")(make).named_by == "description"
    assert tool()(make).named_by == ""
    for other in ("seed", "words"):
        with pytest.raises(ConfigError, match=f"names its results by '{other}'"):
            tool(named_by=other)(make)
