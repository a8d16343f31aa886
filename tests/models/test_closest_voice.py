import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.closest_voice import ClosestVoice, NoCloning
from tonmeister.models.kokoro import Kokoro
from tonmeister.models.kokoro_weights import VOICES
from tonmeister.models.resemblyzer import RESEMBLYZER
from tonmeister.models.voice_table import TABLE, read_table
from tonmeister.streaming import Audio


def test_the_table_holds_every_voice_that_can_read_and_is_small():
    table = read_table()
    assert set(table.names) == set(VOICES)
    assert np.allclose(np.linalg.norm(table.voices, axis=1), 1.0, atol=1e-5)
    assert TABLE.stat().st_size < 60_000


def test_men_are_lower_than_women_and_pitch_chooses_a_voice():
    table = read_table()
    men = [
        pitch for name, pitch in zip(table.names, table.pitches_hz, strict=True) if name[1] == "m"
    ]
    women = [
        pitch for name, pitch in zip(table.names, table.pitches_hz, strict=True) if name[1] == "f"
    ]
    assert np.median(men) < 0.75 * np.median(women)
    low, high = table.nearest_pitch(100.0, "en"), table.nearest_pitch(220.0, "en")
    assert low is not None and low[:2] in ("am", "bm")
    assert high is not None and high[:2] in ("af", "bf")
    assert table.nearest_pitch(100.0, "xx") is None


@pytest.fixture(scope="module")
def comparer() -> Iterator[ClosestVoice]:
    loaded = ClosestVoice()
    loaded.load(pulled(RESEMBLYZER), 1)
    yield loaded


def spoken(kokoro: Kokoro, voice: str) -> Audio:
    made = kokoro(
        text="Good morning. This is the weather report for the north of the country.",
        language="en",
        voice=voice,
        speed=1.0,
    )
    sound = made.value if isinstance(made, Noted) else made
    assert isinstance(sound, Audio)
    samples = np.concatenate([block.samples for block in sound.blocks()], axis=1)
    return Audio.from_waveform(Waveform(samples, sound.sample_rate))


@pytest.mark.weights
@pytest.mark.parametrize("voice", ["am_michael", "bf_emma"])
def test_a_built_in_voice_that_says_something_else_is_recognised(
    comparer: ClosestVoice, kokoro: Kokoro, voice: str
):
    found = comparer(spoken(kokoro, voice), None).values
    assert found["voice"] == voice
    assert 0.8 < float(found["similarity"] or 0.0) <= 1.0
    assert float(found["next_similarity"] or 0.0) < float(found["similarity"] or 0.0)


@pytest.mark.weights
def test_a_man_is_compared_with_voices_of_the_wanted_language(
    comparer: ClosestVoice, jfk: Waveform
):
    found = comparer(Audio.from_waveform(jfk), "en").values
    assert str(found["voice"])[:2] in ("am", "bm")
    portuguese = comparer(Audio.from_waveform(jfk), "pt").values
    assert str(portuguese["voice"])[:2] == "pm"
    anyone = comparer(Audio.from_waveform(jfk), None).values
    assert float(anyone["similarity"] or 0.0) >= float(found["similarity"] or 1.0)
    assert float(anyone["similarity"] or 0.0) >= float(portuguese["similarity"] or 1.0)
    with pytest.raises(ToolInputError, match="No built-in voice speaks 'xx'"):
        comparer(Audio.from_waveform(jfk), "xx")


@pytest.mark.weights
def test_cloning_is_declined_with_the_closest_voice_and_what_would_do_it(jfk: Waveform):
    decliner = NoCloning()
    decliner.load(pulled(RESEMBLYZER), 1)
    with pytest.raises(ToolUnavailable, match="nothing was imitated") as declined:
        decliner(Audio.from_waveform(jfk), "Good morning to all of you.", "", None)
    assert re.search(
        r"closest built-in voice is [ab]m_\w+, with a speaker similarity of 0\.\d\d",
        declined.value.message,
    )
    assert "models pull openvoice-v2 --allow-pickle" in declined.value.hint
    with pytest.raises(ToolInputError, match="3 s or more"):
        decliner(Audio.from_waveform(jfk.part(0.2, 2.4)), "Good morning.", "", None)
    silence = Waveform(np.zeros((1, 80_000), np.float32), 16_000)
    with pytest.raises(ToolInputError, match="holds no speech"):
        decliner(Audio.from_waveform(silence), "Good morning.", "", None)


def test_the_table_lies_inside_the_package():
    assert TABLE.parent.name == "models" and isinstance(TABLE, Path)
