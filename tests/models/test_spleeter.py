"""A song is parted into voice and music that are the song again when they are added."""

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.mixtures import collected, music, si_sdr, singing
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.models.spleeter import (
    HOP_LENGTH,
    SAMPLE_RATE,
    SPLEETER,
    STEP_FRAMES,
    SpleeterSeparator,
)
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def separator() -> SpleeterSeparator:
    loaded = SpleeterSeparator()
    loaded.load(pulled(SPLEETER), 2)
    return loaded


def parted(separator: SpleeterSeparator, waveform: Waveform) -> tuple[Samples, Samples]:
    made = separator(Audio.from_waveform(waveform))
    assert isinstance(made, Noted) and isinstance(made.value, tuple)
    vocals, accompaniment = made.value
    assert isinstance(vocals, Audio) and isinstance(accompaniment, Audio)
    for stem in (vocals, accompaniment):
        assert (stem.sample_rate, stem.num_channels) == (
            waveform.sample_rate,
            waveform.num_channels,
        )
    return collected(vocals), collected(accompaniment)


@pytest.fixture(scope="module")
def song() -> tuple[Samples, Samples]:
    voice = singing()
    return voice, music("Medieval1", len(voice))


def test_singing_and_music_are_parted(separator: SpleeterSeparator, song: tuple[Samples, Samples]):
    voice, backing = song
    vocals, accompaniment = parted(separator, Waveform(voice + backing, SAMPLE_RATE))
    assert si_sdr(voice, voice + backing) < 1.0, "the control: before, they are equally loud"
    assert si_sdr(voice, vocals) > 9.0
    assert si_sdr(backing, accompaniment) > 9.0


@pytest.mark.parametrize(
    ("sample_rate", "num_channels"), [(44_100, 2), (8_000, 1), (96_000, 2), (48_000, 8)]
)
def test_stems_add_up_to_the_mixture_at_its_own_rate_and_channels(
    separator: SpleeterSeparator,
    song: tuple[Samples, Samples],
    sample_rate: int,
    num_channels: int,
):
    mixture = Waveform(song[0] + song[1], SAMPLE_RATE).part(0.0, 3.0).resampled(sample_rate)
    # Each channel has a level of its own.
    levels = np.linspace(1.0, 0.3, num_channels, dtype=np.float32)[:, np.newaxis]
    mixture = Waveform(levels * mixture.samples, sample_rate)
    vocals, accompaniment = parted(separator, mixture)
    assert vocals.shape == accompaniment.shape == mixture.samples.shape
    assert np.abs(vocals + accompaniment - mixture.samples).max() < 1e-6
    assert vocals.std() > 0.01 and accompaniment.std() > 0.01


def test_where_two_pieces_meet_nothing_is_heard(
    separator: SpleeterSeparator, song: tuple[Samples, Samples]
):
    voice, backing = song
    vocals, _ = parted(separator, Waveform(voice + backing, SAMPLE_RATE))
    seam = STEP_FRAMES * HOP_LENGTH
    assert len(voice) > seam + SAMPLE_RATE, "the song is longer than a piece"
    around = slice(seam - SAMPLE_RATE, seam + 2 * SAMPLE_RATE)
    assert si_sdr(voice[around], vocals[0, around]) > 7.0
    steps = np.abs(np.diff(vocals[0]))
    assert steps[seam - 5000 : seam + 5000].max() <= steps.max()


@pytest.mark.parametrize("length", [0, 1, 2205, STEP_FRAMES * HOP_LENGTH, 64 * HOP_LENGTH + 5])
def test_every_length_is_kept(
    separator: SpleeterSeparator, song: tuple[Samples, Samples], length: int
):
    mixture = Waveform((song[0] + song[1])[:length].reshape(1, -1), SAMPLE_RATE)
    vocals, accompaniment = parted(separator, mixture)
    assert vocals.shape == accompaniment.shape == (1, length)
    assert np.allclose(vocals + accompaniment, mixture.samples, atol=1e-6)


def test_the_level_of_a_song_does_not_matter(
    separator: SpleeterSeparator, song: tuple[Samples, Samples]
):
    mixture = (song[0] + song[1])[: 4 * SAMPLE_RATE]
    usual, _ = parted(separator, Waveform(mixture, SAMPLE_RATE))
    faint, _ = parted(separator, Waveform(0.01 * mixture, SAMPLE_RATE))
    assert si_sdr(usual, 100.0 * faint) > 40.0


def test_silence_has_no_voice(separator: SpleeterSeparator):
    vocals, accompaniment = parted(
        separator, Waveform(np.zeros((2, SAMPLE_RATE), np.float32), SAMPLE_RATE)
    )
    assert not vocals.any() and not accompaniment.any()


def test_music_is_made_while_it_is_read(separator: SpleeterSeparator):
    """A long recording is never in memory as a whole: what is done is given away."""
    asked: list[int] = []
    generator = np.random.default_rng(3)

    def read(first: int, count: int) -> Samples:
        asked.append(first)
        return generator.normal(0.0, 0.1, (1, count)).astype(np.float32)

    audio = Audio(SAMPLE_RATE, 1, 60 * SAMPLE_RATE, read=read)
    made = separator(audio).value
    assert isinstance(made, tuple) and isinstance(made[0], Audio)
    asked.clear()
    next(made[0].blocks())
    assert max(asked) < 30 * SAMPLE_RATE
