"""Which voice a speaker is given: by how the voice sounds where that is clear, by pitch else."""

from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import FOREIGN_PROMPTS, pulled
from tests.models.conftest import mono_16k
from tonmeister.audio import Waveform
from tonmeister.models.kokoro import KOKORO
from tonmeister.models.voice_choice import (
    CLEAR,
    LEAST_SPEECH,
    GenderEar,
    Heard,
    chosen_voices,
    heard,
    reasons_told,
)
from tonmeister.models.voice_pitch import HIGH_VOICE_HZ
from tonmeister.models.voice_table import read_table

PORTUGUESE = ["pf_dora", "pm_alex", "pm_santa"]
RATE = 16_000


def buzz(pitch_hz: float, duration: float = 3.0) -> np.ndarray:
    times = np.arange(round(duration * RATE)) / RATE
    return (np.sign(np.sin(2 * np.pi * pitch_hz * times)) * 0.2).astype(np.float32)


@pytest.fixture(scope="module")
def ear() -> GenderEar:
    found = GenderEar.beside(pulled(KOKORO), 1)
    assert found is not None
    return found


def test_a_man_of_high_pitch_gets_a_voice_of_a_man():
    high_man, woman = Heard(190.0, "m", "sound"), Heard(190.0, "f", "sound")
    chosen = chosen_voices({"A": high_man, "B": woman}, PORTUGUESE, "pf_dora")
    assert chosen == {"A": "pm_santa", "B": "pf_dora"}


def test_each_reason_is_told_with_who_was_given_what():
    speakers = {
        "A": Heard(190.0, "m", "sound"),
        "B": Heard(190.0, "f", "sound"),
        "C": Heard(None, None, "unvoiced"),
    }
    first, second = reasons_told(speakers, {"A": "pm_alex", "B": "pf_dora", "C": "pm_santa"})
    assert first.endswith("man or woman, and by pitch: A=pm_alex, B=pf_dora.")
    assert second.endswith("could not be measured: C=pm_santa.")
    assert reasons_told({"": speakers["A"]}, {"": "pm_alex"})[0].endswith(": pm_alex.")


def test_without_the_encoder_pitch_alone_decides_and_it_is_said():
    assert heard([buzz(200.0)], RATE, None) == Heard(
        pytest.approx(200.0, abs=1.0),  # pyright: ignore[reportArgumentType]
        "f",
        "deaf",
    )
    assert GenderEar.beside(Path("/nowhere/kokoro-82m"), 1) is None


def test_silence_has_neither_pitch_nor_class():
    assert heard([np.zeros(RATE, np.float32)], RATE, None) == Heard(None, None, "unvoiced")
    assert heard([], RATE, None) == Heard(None, None, "unvoiced")


def test_the_border_is_that_of_the_table_left_out_one_by_one():
    """Each voice against the others: only bm_fable and a child's voice lie on the wrong side."""
    table = read_table()
    women = np.array([name[1] == "f" for name in table.names])
    alike = table.voices @ table.voices.T
    wrong: dict[str, float] = {}
    for index, name in enumerate(table.names):
        others = np.arange(len(women)) != index
        by_women = alike[index, others & women].mean()
        leaning = float(by_women - alike[index, others & ~women].mean())
        if (leaning > 0.0) != women[index]:
            wrong[name] = abs(leaning)
    assert set(wrong) == {"bm_fable", "zm_yunxia"}
    assert wrong["bm_fable"] < CLEAR


@pytest.mark.weights
def test_an_italian_man_of_high_pitch_is_heard_as_a_man_and_a_french_woman_as_a_woman(
    ear: GenderEar,
):
    folder = pulled(FOREIGN_PROMPTS)
    man = mono_16k(folder / "it" / "ss-noservice.wav").samples[0]
    woman = mono_16k(folder / "fr" / "queue-periodic-announce.wav").samples[0]
    by_sound, by_pitch = heard([man], RATE, ear), heard([man], RATE, None)
    assert (by_sound.gender, by_sound.why) == ("m", "sound")
    assert by_sound.pitch_hz is not None
    assert by_sound.pitch_hz > HIGH_VOICE_HZ
    assert by_pitch.gender == "f"  # which was wrong
    assert (heard([woman], RATE, ear).gender, heard([woman], RATE, None).gender) == ("f", "f")


@pytest.mark.weights
def test_what_is_low_or_short_is_told_by_pitch(ear: GenderEar):
    assert heard([buzz(110.0)], RATE, ear).why == "low"
    assert heard([buzz(200.0, LEAST_SPEECH - 0.2)], RATE, ear).why == "short"


@pytest.mark.weights
def test_the_rate_and_the_level_do_not_matter(ear: GenderEar):
    samples = mono_16k(pulled(FOREIGN_PROMPTS) / "it" / "vm-nobodyavail.wav")
    loud = ear.leaning(samples)
    quiet = Waveform(samples.samples * np.float32(0.5), RATE).resampled(44_100)
    assert ear.leaning(quiet) == pytest.approx(loud, abs=0.02)
