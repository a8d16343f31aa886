"""How exactly questions about recordings are answered."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.mixtures import sound
from tonmeister.audio import Waveform
from tonmeister.models.answering import SoundAnswerer
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights
RATE = 16_000
SHORT = {
    "Dog1.wav": "how many times does the dog bark?",
    "Cat.mp3": "how many times does the cat meow?",
    "Goose.wav": "how many times does the goose honk?",
}


def test_short_sounds_at_known_times_are_counted(capability: Callable[..., None]):
    answerer = SoundAnswerer()
    answerer.load(pulled(SOUND_WORDS), 1)
    right = asked = 0
    draw = np.random.default_rng(5)
    for file, question in SHORT.items():
        single = sound(file, RATE)[: round(1.2 * RATE)]
        for count in (1, 2, 3, 5):
            samples = 0.002 * draw.standard_normal(20 * RATE).astype(np.float32)
            for start in np.arange(count) * 3.5 + 1.0 + draw.uniform(0.0, 0.5, count):
                at = round(float(start) * RATE)
                gain = np.float32(draw.uniform(1.0, 2.0))
                samples[at : at + len(single)] += gain * single
            audio = Audio.from_waveform(Waveform(samples, RATE))
            said = answerer(audio, question, None, None, "en").text
            right += len(re.findall(r"\d+:\d\d\.\d", said)) == count
            asked += 1
    capability(
        tool="answer_about_audio", model="yamnet-answers", unit="%", goal="≥ 80",
        data=f"{asked} scenes in faint noise: 1 to 5 times a dog, a cat or a goose",
        measure="counted exactly right", value=100.0 * right / asked,
    )  # fmt: skip
    assert right >= 0.8 * asked
