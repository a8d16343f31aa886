"""How well voices are taken out of music, and sounds out of recordings."""

from collections.abc import Callable

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.mixtures import MUSIC, collected, music, si_sdr, singing
from tonmeister.audio import Waveform
from tonmeister.models.spleeter import SAMPLE_RATE, SPLEETER, VoiceFromMusic
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


def test_a_cappella_singing_is_found_again_under_music(capability: Callable[..., None]):
    voices = VoiceFromMusic(pulled(SPLEETER), 2)
    singer = singing()
    gained: dict[str, list[float]] = {"vocals": [], "accompaniment": []}
    for level_db in (-6.0, 0.0, 6.0):
        voice = singer * np.float32(10 ** (level_db / 20))
        for name in MUSIC:
            backing = music(name, len(voice))
            mixture = voice + backing
            made = collected(voices.voice(Audio.from_waveform(Waveform(mixture, SAMPLE_RATE))))[0]
            gained["vocals"].append(si_sdr(voice, made) - si_sdr(voice, mixture))
            gained["accompaniment"].append(
                si_sdr(backing, mixture - made) - si_sdr(backing, mixture)
            )
    for stem, gains in gained.items():
        capability(
            tool="separate_stems", model="spleeter-2stems", value=float(np.mean(gains)), unit="dB",
            data="15 s of a cappella singing over 5 pieces of music, at -6, 0 and 6 dB",
            measure=f"SI-SDR improvement of the {stem}", goal="≥ 9",
        )  # fmt: skip
        assert np.mean(gains) >= 9.0, stem
