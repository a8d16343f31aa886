"""What effects and comparisons tell the user is told in Portuguese, too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.tools.test_comparison import babble
from tests.tools.test_editing import audio_of
from tests.tools.test_effects import hissing, noise, sine
from tonmeister.artifacts import Noted
from tonmeister.tools import effects
from tonmeister.tools.comparison import compare_audio
from tonmeister.translations import in_words

Work = Callable[[Path], object]


def works() -> Iterator[Work]:
    loud, quiet, given = sine(300.0, -1.0), sine(300.0, -40.0), babble()
    narrow = audio_of(noise(rate=8_000), 8_000)
    shifted = np.pad(given, ((0, 0), (70, 0)))
    yield lambda _: effects.equalize(audio_of(loud), bell_db=12.0)
    yield lambda _: effects.equalize(narrow, low_cut_hz=80.0, high_shelf_db=3.0)
    yield lambda folder: effects.compress(audio_of(loud), folder)
    yield lambda folder: effects.compress(audio_of(quiet), folder, -20.0)
    yield lambda _: effects.limit(audio_of(loud), -6.0)
    yield lambda _: effects.limit(audio_of(quiet), -6.0)
    yield lambda _: effects.gate(audio_of(quiet))
    yield lambda _: effects.gate(audio_of(np.zeros_like(quiet)))
    yield lambda _: effects.de_ess(audio_of(hissing(-20.0)[0]))
    yield lambda _: effects.de_ess(audio_of(quiet))
    yield lambda _: effects.de_ess(narrow)
    yield lambda _: effects.stereo_width(audio_of(quiet), 2.0)
    yield lambda folder: compare_audio(audio_of(given), audio_of(given), folder)
    yield lambda folder: compare_audio(audio_of(given), audio_of(-0.5 * shifted), folder)
    yield lambda folder: compare_audio(audio_of(shifted), audio_of(given), folder)
    yield lambda folder: compare_audio(audio_of(given), audio_of(quiet), folder)
    yield lambda folder: compare_audio(audio_of(given), audio_of(0.0 * given), folder)
    yield lambda folder: compare_audio(audio_of(noise(channels=2)), narrow, folder)


@pytest.mark.parametrize("work", list(works()))
def test_every_sentence_has_a_translation(work: Work, tmp_path: Path) -> None:
    result = work(tmp_path)
    assert isinstance(result, Noted)
    for note in result.notes:
        for sentence in note.replace(". The", ".\nThe").split("\n"):
            assert in_words("pt", sentence) != sentence
