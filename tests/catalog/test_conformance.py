"""Every tool and every model of the catalog keeps the rules that plug-ins keep."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest

from scripts.recordings import PHOTOS, TWO_CITIES, pulled
from tonmeister.artifacts import Image, Segment, Transcript
from tonmeister.audio import Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.decoding import decode_picture
from tonmeister.packages import Hub, Part
from tonmeister.registry import discover
from tonmeister.streaming import Audio
from tonmeister.testing import MODEL_RULES, TOOL_RULES, check_model, check_tool, loaded
from tonmeister.toolspec import Card, Model, Range, Tool, tool

CATALOG = discover()
ARGUMENTS: dict[str, dict[str, Any]] = {
    "answer_about_audio": {"question": "how many times does the dog bark?"},
    "change_gain": {"gain_db": 3.0},
    "change_pitch": {"semitones": 2.0},
    "change_speed": {"factor": 1.25},
    "clone_voice": {"consent": "it is my own voice"},
    "convert_voice": {"consent": "it is my own voice"},
    "equalize": {"low_cut_hz": 80.0},
    "extract_sound": {"start": 0.01, "end": 0.03},
    "fade": {"fade_in": 0.01, "fade_out": 0.01},
    "find_sound": {"description": "a dog barking"},
    "generate_sound": {"description": "a dog barking in the rain", "duration": 2.0},
    "inpaint": {"start": 0.02, "end": 0.03},
    "identify_speaker": {"names": "Ana, Rui"},
    "match_sounds": {"description": "a dog barking"},
    "name_speakers": {
        "transcript": Transcript("en", (Segment(0.0, 0.04, "Hello.", "SPEAKER_00"),), 0.05),
        "names": "SPEAKER_00=Ana",
    },
    "remove_part": {"start": 0.01, "end": 0.03},
    "remove_sound": {"start": 0.01, "end": 0.03},
    "resample": {"sample_rate": 22_050},
    "spatialize": {"position": "walks from left to right behind me"},
    "spatialize_scene": {"positions": "on my left; behind me"},
    "stereo_width": {"width": 1.5},
    "translate_text": {"language": "pt"},
    "translate_transcript": {"language": "pt"},
}
# What they compare with or imitate must be a voice: a tone is refused, whatever else is given.
NEED_A_VOICE = ("clone_voice", "closest_voice", "convert_voice")
# It is there to say why nothing can be done, so it never has a result.
DECLINES = "no-cloning"
SPECS = [*CATALOG.tools.values()]


def _is_at_hand(weights: Checkpoint | None) -> bool:
    if weights is None:
        return True
    parts = [
        [part for one in source.values() for part in ([one] if isinstance(one, Part) else one)]
        for source in weights.sources
    ]
    return any(not any(isinstance(part.package, Hub) for part in some) for some in parts)


# Weights that only the hub has are too large for a test: their adapters are held to the same rules
# on tiny random checkpoints, in tests/models.
AT_HAND = [one for one in CATALOG.models if _is_at_hand(one.card.checkpoint)]
# What a tool's own text says is checked by "described"; sound is for bodies only.
OF_BODIES = [one for one in SPECS if not one.needs_model]


def test_the_catalog_is_whole():
    assert CATALOG.problems == ()
    assert len(SPECS) >= 23
    assert len(CATALOG.models) >= 6


@pytest.mark.parametrize("rule", TOOL_RULES[:3])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_tool_is_well_described(spec: Tool, rule: str):
    check_tool(spec, rule)


@pytest.mark.parametrize("rule", TOOL_RULES[3:])
@pytest.mark.parametrize("spec", OF_BODIES, ids=lambda spec: spec.name)
def test_signal_processing_takes_any_sound(spec: Tool, rule: str):
    check_tool(spec, rule, arguments=ARGUMENTS.get(spec.name))


@pytest.mark.parametrize("rule", MODEL_RULES[:2])
@pytest.mark.parametrize(
    "model", CATALOG.models, ids=lambda model: f"{model.tool}-{model.card.name}"
)
def test_a_model_states_what_it_is(model: Model, rule: str):
    check_model(model, rule, CATALOG.tools[model.tool], None)


@pytest.fixture(scope="module")
def adapters() -> Iterator[dict[str, Any]]:
    loaded_ones: dict[str, Any] = {}
    yield loaded_ones
    loaded_ones.clear()


@pytest.mark.weights
# In this order all rules are held to one model before the next one is loaded.
@pytest.mark.parametrize("rule", MODEL_RULES[2:])
@pytest.mark.parametrize("model", AT_HAND, ids=lambda model: f"{model.tool}-{model.card.name}")
def test_a_model_takes_any_sound_and_lets_go(
    model: Model, rule: str, adapters: dict[str, Any], tmp_path: Path
):
    weights = pulled(model.card.checkpoint) if model.card.checkpoint else None
    spec = CATALOG.tools[model.tool]
    if rule == "lets go":
        check_model(model, rule, spec, weights)
        return
    name = f"{model.tool}-{model.card.name}"
    if name not in adapters:
        adapters.clear()  # one at a time: together they would not fit into a small machine
        adapters[name] = loaded(model, weights)
    given = dict(ARGUMENTS.get(spec.name, {}))
    if spec.name in NEED_A_VOICE:
        reading = Audio.from_file(pulled(TWO_CITIES) / "two_cities.wav")
        given["reference_audio"] = reading.part(0.0, 8.0)
    if spec.name == "sonify_image":  # pixels, as a worker has them decoded
        decode_picture(pulled(PHOTOS) / "firetruck.png", tmp_path / "photo.ppm")
        given["image"] = Image(tmp_path / "photo.ppm", "image/x-portable-pixmap", "ppm")
        given["duration"] = 2.0
    if model.card.name == DECLINES:
        with pytest.raises(AssertionError, match="nothing was imitated"):
            check_model(model, "mono", spec, weights, adapter=adapters[name], arguments=given)
        return
    check_model(model, rule, spec, weights, adapter=adapters[name], arguments=given)


def _spoil(audio: Audio) -> Audio:
    return Audio.from_waveform(Waveform(np.full((1, 8), np.nan, np.float32), 8_000))


def _reseed(audio: Audio) -> Audio:
    np.random.seed(1)
    return audio


@pytest.mark.parametrize(
    ("work", "problem"), [(_spoil, "no sample is invalid"), (_reseed, "global seed")]
)
def test_the_rules_bite(work: Any, problem: str):
    @tool()
    def bad_tool(audio: Audio) -> Audio:
        """Do something wrong.

        Use it never.

        Args:
            audio: Any recording.
        """
        return work(audio)

    with pytest.raises(AssertionError, match=problem):
        check_tool(bad_tool, "mono")


def test_a_tool_without_a_sentence_and_a_model_without_a_licence_are_caught():
    @tool()
    def terse(audio: Audio, share: Annotated[float, Range(0.0, 1.0)] = 0.5) -> Audio:
        """Do it.

        Args:
            audio: Sound.
            share: how much
        """
        return audio

    with pytest.raises(AssertionError, match="second paragraph"):
        check_tool(terse, "described")
    card = Card(name="x", licence="", checkpoint=None, memory_mb=1, speed=0.1)
    with pytest.raises(AssertionError, match="licence"):
        check_model(Model("terse", card, object, __name__), "card", terse, None)
