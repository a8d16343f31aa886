import numpy as np
import pytest
from PIL import Image as Picture

from tonmeister.audio import Waveform
from tonmeister.errors import StoreError, ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools import picture


def tone(frequency, duration=2.0, rate=16000, num_channels=1):
    time = np.arange(round(duration * rate)) / rate
    wave = (0.5 * np.sin(2 * np.pi * frequency * time)).astype(np.float32)
    return Audio.from_waveform(Waveform(np.tile(wave, (num_channels, 1)), rate))


@pytest.mark.parametrize("tool", [picture.draw_waveform, picture.draw_spectrogram])
@pytest.mark.parametrize(
    ("duration", "rate", "num_channels"),
    [(0.05, 8000, 1), (2.0, 44100, 2), (0.5, 96000, 8), (90.0, 8000, 1)],
)
def test_pictures_of_every_shape_are_drawn(tool, duration, rate, num_channels, tmp_path):
    image = tool(tone(440, duration, rate, num_channels), tmp_path)
    with Picture.open(image.path) as drawn:
        assert drawn.format == "PNG"
        assert drawn.width == 1600
        assert len(drawn.convert("RGB").getcolors(1 << 24)) > 10


@pytest.mark.parametrize("tool", [picture.draw_waveform, picture.draw_spectrogram])
def test_silence_is_drawn_and_emptiness_is_refused(tool, tmp_path):
    tool(Audio.from_waveform(Waveform(np.zeros((1, 8000), np.float32), 8000)), tmp_path)
    with pytest.raises(ToolInputError, match="empty"):
        tool(Audio.from_waveform(Waveform(np.zeros((1, 0), np.float32), 8000)), tmp_path)


@pytest.mark.parametrize("tool", [picture.draw_waveform, picture.draw_spectrogram])
def test_a_folder_that_is_missing_is_a_store_error(tool, tmp_path):
    with pytest.raises(StoreError):
        tool(tone(440), tmp_path / "missing")


@pytest.mark.parametrize("frequency", [100.0, 1000.0, 6000.0])
@pytest.mark.parametrize("duration", [0.5, 100.0])
def test_a_tone_lies_at_its_frequency_with_its_level(frequency, duration):
    levels = picture._mel_levels(tone(frequency, duration))
    centres = np.linspace(0.0, picture._mel(8000), picture.NUM_MELS + 2)[1:-1]
    row = int(np.argmax(levels[:, levels.shape[1] // 2]))
    assert abs(centres[row] - picture._mel(frequency)) < 2 * (centres[1] - centres[0])
    assert levels[row].max() == pytest.approx(-6.0, abs=2.0)


def test_a_click_is_drawn_at_its_time_in_a_long_recording():
    samples = np.zeros((1, 16000 * 200), np.float32)
    samples[:, 16000 * 50] = 1.0
    levels = picture._mel_levels(Audio.from_waveform(Waveform(samples, 16000)))
    assert np.argmax(levels.max(axis=0)) / levels.shape[1] == pytest.approx(0.25, abs=0.002)


def test_the_envelope_holds_the_extremes():
    samples = np.zeros((1, 100_000), np.float32)
    samples[:, 25_000], samples[:, 75_000] = 0.7, -0.3
    lowest, highest = picture._envelope(Audio.from_waveform(Waveform(samples, 16000)))
    assert (highest.max(), lowest.min()) == pytest.approx((0.7, -0.3))
    assert np.argmax(highest) / highest.shape[1] == pytest.approx(0.25, abs=0.002)


def test_opposite_channels_do_not_vanish_from_the_spectrogram():
    wave = tone(1000).read().samples
    levels = picture._mel_levels(
        Audio.from_waveform(Waveform(np.concatenate([wave, -wave]), 16000))
    )
    assert levels.max() > -10


@pytest.mark.parametrize("tool", [picture.draw_waveform, picture.draw_spectrogram])
def test_ten_minutes_are_drawn_from_small_pieces(tool, tmp_path):
    read_frames = []

    def read(first, count):
        read_frames.append(count)
        return np.zeros((1, count), np.float32)

    tool(Audio(8000, 1, 4_800_000, read=read), tmp_path)
    assert max(read_frames) <= 80_000
