import numpy as np
import pytest

from tonmeister.audio import Waveform
from tonmeister.errors import AudioError


def test_one_dimension_becomes_one_float32_channel():
    waveform = Waveform(np.zeros(8, np.float64), 8000)
    assert waveform.samples.shape == (1, 8)
    assert waveform.samples.dtype == np.float32


@pytest.mark.parametrize("shape", [(2, 2, 2), (0, 10)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(AudioError, match="shape"):
        Waveform(np.zeros(shape, np.float32), 8000)


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_that_is_not_positive_is_refused(rate):
    with pytest.raises(AudioError, match="rate"):
        Waveform(np.zeros(8, np.float32), rate)


def test_mono_is_the_average_of_the_channels():
    waveform = Waveform(np.array([[0.5, 1.0], [-0.5, 0.0]], np.float32), 8000)
    np.testing.assert_allclose(waveform.to_mono().samples, [[0.0, 0.5]])


def test_resampling_keeps_the_pitch_and_the_duration():
    tone = np.sin(2 * np.pi * 440 * np.arange(48000) / 48000)
    converted = Waveform(tone, 48000).resampled(16000)
    assert converted.duration == pytest.approx(1.0, abs=1e-3)
    assert np.argmax(np.abs(np.fft.rfft(converted.samples[0]))) == 440


def test_a_part_is_clamped_to_what_is_there():
    waveform = Waveform(np.arange(10), 10)
    np.testing.assert_array_equal(waveform.part(0.2, 0.5).samples, [[2, 3, 4]])
    assert waveform.part(-1.0, 99.0).num_frames == 10
    assert waveform.part(5.0, 9.0).num_frames == 0
