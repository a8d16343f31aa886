"""How well voices are taken out of music, and sounds out of recordings."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.capability.extent import some
from tests.models.mixtures import MUSIC, collected, music, si_sdr, singing, sound
from tonmeister.audio import Waveform
from tonmeister.errors import ToolFailed
from tonmeister.models.sound_extraction import SoundExtractor
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.spleeter import SAMPLE_RATE, SPLEETER, VoiceFromMusic
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


def test_a_cappella_singing_is_found_again_under_music(capability: Callable[..., None]):
    voices = VoiceFromMusic(pulled(SPLEETER), 2)
    singer = singing()
    gained: dict[str, list[float]] = {"vocals": [], "accompaniment": []}
    chosen = some(product((-6.0, 0.0, 6.0), MUSIC), 4)
    for level_db, name in chosen:
        voice = singer * np.float32(10 ** (level_db / 20))
        backing = music(name, len(voice))
        mixture = voice + backing
        made = collected(voices.voice(Audio.from_waveform(Waveform(mixture, SAMPLE_RATE))))[0]
        gained["vocals"].append(si_sdr(voice, made) - si_sdr(voice, mixture))
        gained["accompaniment"].append(si_sdr(backing, mixture - made) - si_sdr(backing, mixture))
    for stem, gains in gained.items():
        capability(
            tool="separate_stems", model="spleeter-2stems", value=float(np.mean(gains)), unit="dB",
            data=f"15 s of a cappella singing over music at -6, 0 and 6 dB: {len(chosen)} mixtures",
            measure=f"SI-SDR improvement of the {stem}", goal="≥ 9",
        )  # fmt: skip
        assert np.mean(gains) >= 9.0, stem


NAMED = {
    "Rooster.wav": "rooster crowing",
    "Horse.wav": "horse neighing",
    "Kitten.wav": "kitten meowing",
    "Goose.wav": "goose honking",
    "Cat.mp3": "cat meowing",
    "Cough-male.wav": "coughing",
    "BabyCry.mp3": "baby crying",
}
BACKGROUNDS = ("WaterRunning.mp3", "SewingMachine.mp3", "CarPassing.wav", "PartyNoise.wav")


@pytest.mark.parametrize("level_db", [5.0, 10.0])
def test_sounds_named_in_words_are_taken_out_of_noise(
    capability: Callable[..., None], level_db: float
):
    rate, duration = 16_000, 10
    extractor = SoundExtractor()
    extractor.load(pulled(SOUND_WORDS), 2)
    gained: list[tuple[float, float]] = []
    chosen = some(product(NAMED.items(), BACKGROUNDS), 10)
    for (file, description), background in chosen:
        single = sound(file, rate)[: 2 * rate] * np.float32(10 ** (level_db / 20))
        event = np.zeros(duration * rate, np.float32)
        event[4 * rate : 4 * rate + len(single)] = single
        behind = np.resize(sound(background, rate), duration * rate)
        level = 0.8 / np.abs(event + behind).max()
        event, behind = level * event, level * behind
        mixture = event + behind
        try:
            made = extractor(
                Audio.from_waveform(Waveform(mixture, rate)),
                description,
                None,
                None,
                None,
                None,
            ).value
        except ToolFailed:
            continue
        assert isinstance(made, tuple) and isinstance(made[0], Audio)
        found = collected(made[0])[0]
        gained.append(
            (
                si_sdr(event, found) - si_sdr(event, mixture),
                si_sdr(behind, mixture - found) - si_sdr(behind, mixture),
            )
        )
    count = len(chosen)
    row = {
        "model": "yamnet-extractor",
        "data": f"{count} mixtures of {len(NAMED)} sounds and {len(BACKGROUNDS)} backgrounds"
        f" at {level_db:g} dB",
    }
    capability(
        tool="extract_sound", measure="found", value=100.0 * len(gained) / count, unit="%", **row
    )
    for tool, place, goal in (("extract_sound", 0, "≥ 7"), ("remove_sound", 1, "")):
        capability(
            tool=tool, measure="SI-SDR improvement where it was found", unit="dB", goal=goal,
            value=float(np.mean([one[place] for one in gained])), **row,
        )  # fmt: skip
    assert np.mean([one[0] for one in gained]) >= 7.0
    assert len(gained) >= count / 3
