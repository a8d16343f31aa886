"""Sound on standard output: a WAV of unknown length that players and libraries read."""

import io

import numpy as np
import soundfile

from tonmeister.audio import Waveform
from tonmeister.events import SoundMade, StepProgress
from tonmeister.interfaces.live import LiveWav
from tonmeister.testing import tone


def test_pieces_become_one_wav_of_unknown_length():
    stream = io.BytesIO()
    live = LiveWav(stream)
    whole = tone(440.0, 0.5, 24_000, 2)
    live.on_event(StepProgress("s1", 0.1))
    assert stream.getvalue() == b""
    for first in range(0, whole.num_frames, 5_000):
        piece = Waveform(whole.samples[:, first : first + 5_000], 24_000)
        live.on_event(SoundMade("s1", piece))
    stream.seek(0)
    samples, sample_rate = soundfile.read(stream, dtype="float32", always_2d=True)
    assert sample_rate == 24_000
    assert np.allclose(samples.T, whole.samples, atol=1e-4)


def test_what_is_too_loud_is_held_at_full_scale():
    stream = io.BytesIO()
    LiveWav(stream).on_event(SoundMade("s1", Waveform(np.full((1, 8), 3.0, np.float32), 8_000)))
    stream.seek(0)
    samples, _ = soundfile.read(stream, dtype="int16")
    assert set(samples.tolist()) == {32767}
