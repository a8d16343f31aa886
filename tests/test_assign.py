from typing import Any

import pytest

from tonmeister.artifacts import Artifact, Kind
from tonmeister.assign import Assignment, assign
from tonmeister.checkpoints import Checkpoint
from tonmeister.config import Settings
from tonmeister.errors import ToolUnavailable
from tonmeister.packages import Hub, Part
from tonmeister.plan import Plan, Step
from tonmeister.registry import Catalog
from tonmeister.streaming import Audio
from tonmeister.toolspec import Card, Language, Model, Tool, tool


@tool(needs_model=True)
def sing(audio: Audio, language: Language | None = None) -> Audio:  # type: ignore[empty-body]
    """Sing.

    Use it in tests.

    Args:
        audio: Any recording.
        language: Language sung.
    """


@tool()
def hum(audio: Audio) -> Audio:
    """Hum.

    Use it in tests.

    Args:
        audio: Any recording.
    """
    return audio


def weights(name: str) -> Checkpoint:
    return Checkpoint(name, {"model.onnx": "0" * 64}, "MIT", 100.0, [])


def model(name: str, spec: Tool = sing, **fields: Any) -> Model:
    facts = {"licence": "MIT", "checkpoint": None, "memory_mb": 500, "speed": 0.5, **fields}
    return Model(spec.name, Card(name=name, **facts), object, __name__)


BEST = model("best", quality=90, speed=0.9, load_duration=2.0, checkpoint=weights("best"))
FAST = model("fast", quality=50, speed=0.1, checkpoint=weights("fast"))
LATIN = model("latin", quality=99, languages=("la",))
FREE = model("research", quality=95, commercial=False, licence="CC-BY-NC-4.0")
HUGE = model("huge", quality=98, memory_mb=50_000)
EXTRA = model("extra", quality=97, packages=("no_such_package",), extra="torch")
HUMMER = model("hummer", hum, quality=60, checkpoint=weights("hummer"))


def chosen(
    *models: Model,
    have: tuple[str, ...] = ("best", "fast", "hummer"),
    spec: Tool = sing,
    name: str | None = None,
    **settings: Any,
) -> Assignment:
    language = settings.pop("language", None)
    args = {"audio": "@a1"} | ({"language": language} if language else {})
    plan = Plan(steps=(Step(id="s1", tool=spec.name, args=args, model=name),))
    handed = Artifact("i", Kind.AUDIO, "0" * 64, "audio/x-rf64", 1, "talk", {"duration": 60.0})
    return assign(
        plan,
        Catalog({"sing": sing, "hum": hum}, models, ()),
        Settings(**settings),
        lambda checkpoint: checkpoint.name in have,
        {"a1": handed},
    )["s1"]


def name_of(assignment: Assignment) -> str | None:
    return assignment.model.card.name if assignment.model else None


def test_quality_or_speed_decides_and_the_other_is_the_fallback():
    best = chosen(FAST, BEST)
    assert (name_of(best), best.reason, best.alternatives) == ("best", "best quality of 2", (FAST,))
    fast = chosen(FAST, BEST, prefer="speed")
    assert (name_of(fast), fast.reason, fast.alternatives) == ("fast", "best speed of 2", (BEST,))


def test_an_installed_model_goes_before_one_that_must_be_downloaded():
    found = chosen(FAST, BEST, have=("fast",))
    assert (name_of(found), found.reason, found.download_mb) == ("fast", "installed", 0.0)
    assert found.alternatives == ()  # a fallback is never downloaded in the middle of a run


def test_what_has_to_be_downloaded_is_told():
    assert chosen(BEST, have=()).download_mb == 100.0


def test_time_and_memory_are_estimated_from_the_card_and_the_length():
    found = chosen(BEST)
    assert found.seconds == pytest.approx(2.0 + 60.0 * 0.9)
    assert found.memory_mb == 500


def test_language_licence_memory_and_packages_rule_models_out():
    assert name_of(chosen(LATIN, FAST, language="pt")) == "fast"
    assert name_of(chosen(LATIN, FAST, language="la")) == "latin"
    assert name_of(chosen(FREE, FAST)) == "research"
    assert name_of(chosen(FREE, FAST, commercial_use=True)) == "fast"
    assert name_of(chosen(HUGE, FAST)) == "fast"
    assert name_of(chosen(EXTRA, FAST)) == "fast"


def test_when_none_is_left_every_reason_is_given():
    with pytest.raises(ToolUnavailable) as caught:
        chosen(LATIN, FREE, HUGE, EXTRA, language="pt", commercial_use=True)
    for reason in (
        "latin does not know 'pt' (it knows la)",
        "research its licence, CC-BY-NC-4.0, forbids commercial use",
        "huge needs 50000 MiB; the budget, memory_budget_mb, is 4096 MiB",
        "extra needs the package 'no_such_package': `pip install 'tonmeister[torch]'`",
    ):
        assert reason in caught.value.message
    with pytest.raises(ToolUnavailable, match="No model for sing is installed"):
        chosen()


def test_a_model_of_one_language_is_not_guessed_to_fit_what_nobody_named():
    assert name_of(chosen(LATIN, FAST)) == "fast"
    assert name_of(chosen(LATIN, FAST, name="latin")) == "latin"
    with pytest.raises(ToolUnavailable, match="knows only 'la', and no language was named"):
        chosen(LATIN)


def test_a_model_for_those_who_name_it_is_taken_for_nobody_else():
    doubtful = model("doubtful", quality=99, by_name=True)
    found = chosen(doubtful, FAST)
    assert (name_of(found), found.alternatives) == ("fast", ())
    assert name_of(chosen(doubtful, FAST, name="doubtful")) == "doubtful"
    with pytest.raises(ToolUnavailable, match="--use sing=doubtful"):
        chosen(doubtful)


def test_weights_that_only_the_hub_has_are_not_downloaded_instead_of_the_default():
    hub = Hub("owner/large", "main")
    source = {"model.safetensors": Part(hub, "model.safetensors")}
    weights_of_hub = Checkpoint("large", {"model.safetensors": ""}, "MIT", 3000.0, [source])
    large = model("large", quality=99, checkpoint=weights_of_hub)
    assert name_of(chosen(large, BEST, have=())) == "best"
    assert name_of(chosen(large, BEST, have=("large", "best"))) == "large"


def test_a_model_asked_for_by_name_is_taken_alone():
    found = chosen(FAST, BEST, name="fast")
    assert (name_of(found), found.reason, found.alternatives) == ("fast", "asked for by name", ())
    with pytest.raises(ToolUnavailable, match="has no model 'slow'; there are: best, fast"):
        chosen(FAST, BEST, name="slow")


def test_a_tool_with_a_body_uses_its_model_only_when_it_is_there():
    with_model = chosen(HUMMER, spec=hum)
    assert (name_of(with_model), with_model.alternatives) == ("hummer", (None,))
    without = chosen(HUMMER, spec=hum, have=())
    assert (name_of(without), without.reason) == (None, "signal processing")
