import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from tonmeister.decoding import decode, probe
from tonmeister.errors import AudioError, RunCancelled, StoreError

TONE_HZ = 1000.0
SECONDS = 2


def tone(sample_rate: int, num_channels: int, seconds: float = SECONDS) -> np.ndarray:
    time_axis = np.arange(round(seconds * sample_rate)) / sample_rate
    mono = (0.3 * np.sin(2 * np.pi * TONE_HZ * time_axis)).astype(np.float32)
    return np.stack([mono] * num_channels, axis=1)


def peak_hz(samples: np.ndarray, sample_rate: int) -> float:
    middle = samples[len(samples) // 4 : 3 * len(samples) // 4, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(np.argmax(spectrum) * sample_rate / len(middle))


def encode(
    path: Path,
    container: str,
    codec: str,
    sample_rate: int,
    video: str | None = None,
    sound: bool = True,
) -> None:
    with av.open(str(path), "w", format=container) as output:
        audio = output.add_stream(codec, rate=sample_rate, layout="stereo") if sound else None
        if audio:
            audio.bit_rate = 128_000
        pictures = output.add_stream(video, rate=10) if video else None
        if pictures:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
            for number in range(10 * SECONDS):
                picture = np.full((48, 64, 3), number, np.uint8)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts = number
                output.mux(pictures.encode(frame))
            output.mux(pictures.encode(None))
        if audio:
            planes = np.ascontiguousarray(tone(sample_rate, 2).T)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = sample_rate, 0, Fraction(1, sample_rate)
            if not audio.codec_context.is_open:
                audio.codec_context.open()
            fit = av.AudioResampler(
                audio.format, "stereo", sample_rate, audio.codec_context.frame_size or 1024
            )
            for part in [*fit.resample(frame), *fit.resample(None)]:
                output.mux(audio.encode(part))
            output.mux(audio.encode(None))


@pytest.mark.parametrize(
    ("container", "subtype", "sample_rate", "num_channels"),
    [
        ("WAV", "PCM_U8", 8_000, 1),
        ("WAV", "PCM_16", 44_100, 2),
        ("WAV", "PCM_24", 48_000, 2),
        ("WAV", "PCM_32", 96_000, 1),
        ("WAV", "FLOAT", 44_100, 6),
        ("WAV", "DOUBLE", 22_050, 2),
        ("WAV", "IMA_ADPCM", 22_050, 1),
        ("FLAC", "PCM_24", 48_000, 8),
        ("MP3", None, 44_100, 2),
        ("OGG", "VORBIS", 44_100, 2),
        ("OGG", "OPUS", 48_000, 1),
        ("AIFF", "PCM_16", 44_100, 2),
        ("CAF", "PCM_16", 44_100, 1),
        ("RF64", "FLOAT", 16_000, 1),
    ],
)
def test_what_soundfile_writes_is_decoded_with_rate_channels_and_length(
    tmp_path: Path, container: str, subtype: str | None, sample_rate: int, num_channels: int
) -> None:
    path, result = tmp_path / "recording", tmp_path / "result"
    soundfile.write(
        path, tone(sample_rate, num_channels), sample_rate, format=container, subtype=subtype
    )
    facts = decode(path, result, max_duration=60)
    samples, rate = soundfile.read(result, always_2d=True)
    assert (rate, samples.shape[1]) == (sample_rate, num_channels)
    assert (facts.sample_rate, facts.num_channels) == (sample_rate, num_channels)
    assert len(samples) == facts.num_frames
    assert facts.num_frames == pytest.approx(SECONDS * sample_rate, rel=0.03)
    assert peak_hz(samples, rate) == pytest.approx(TONE_HZ, rel=0.01)
    assert np.abs(samples).max() == pytest.approx(0.3, abs=0.05)
    assert (facts.damaged, facts.note) == (False, "")


@pytest.mark.parametrize(
    ("container", "codec", "sample_rate", "video"),
    [
        ("ipod", "aac", 44_100, None),
        ("ipod", "alac", 44_100, None),
        ("adts", "aac", 44_100, None),
        ("asf", "wmav2", 44_100, None),
        ("asf", "wmav2", 44_100, "wmv2"),
        ("wv", "wavpack", 44_100, None),
        ("tta", "tta", 44_100, None),
        ("ac3", "ac3", 48_000, None),
        ("mp4", "aac", 44_100, "mpeg4"),
        ("mov", "pcm_s16le", 48_000, "mpeg4"),
        ("matroska", "libopus", 48_000, "mpeg4"),
        ("webm", "libopus", 48_000, "libvpx"),
    ],
)
def test_what_ffmpeg_writes_is_decoded_with_rate_channels_and_length(
    tmp_path: Path, container: str, codec: str, sample_rate: int, video: str | None
) -> None:
    path, result = tmp_path / "recording", tmp_path / "result"
    encode(path, container, codec, sample_rate, video)
    facts = decode(path, result, max_duration=60)
    samples, rate = soundfile.read(result, always_2d=True)
    assert (rate, samples.shape[1]) == (sample_rate, 2)
    assert facts.duration == pytest.approx(SECONDS, abs=0.1)
    assert peak_hz(samples, rate) == pytest.approx(TONE_HZ, rel=0.01)
    assert (facts.damaged, facts.note) == (False, "")
    claimed = probe(path)
    assert claimed.kind == ("video" if video else "audio")
    assert claimed.has_video == bool(video)
    assert (claimed.sample_rate, claimed.num_channels) == (sample_rate, 2)


def test_a_video_without_sound_is_refused_and_its_facts_say_so(tmp_path: Path) -> None:
    path = tmp_path / "silent film"
    encode(path, "mp4", "aac", 44_100, "mpeg4", sound=False)
    claimed = probe(path)
    assert (claimed.kind, claimed.num_channels, claimed.width) == ("video", 0, 64)
    with pytest.raises(AudioError, match="no sound"):
        decode(path, tmp_path / "result", max_duration=60)


@pytest.mark.parametrize("container", ["png", "jpeg", "webp", "gif"])
def test_pictures_are_told_from_recordings(tmp_path: Path, container: str) -> None:
    path = tmp_path / "picture.wav"
    Image.new("RGB", (40, 30), "red").save(path, format=container)
    facts = probe(path)
    assert (facts.kind, facts.container) == ("image", container)
    assert (facts.width, facts.height, facts.has_video) == (40, 30, False)
    with pytest.raises(AudioError, match="picture"):
        decode(path, tmp_path / "result", max_duration=60)


@pytest.mark.parametrize(
    ("container", "kept"), [("WAV", 0.6), ("FLAC", 0.6), ("MP3", 0.6), ("OGG", 0.6), ("AIFF", 0.6)]
)
def test_a_recording_that_breaks_off_is_kept_and_the_note_says_so(
    tmp_path: Path, container: str, kept: float
) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    noise = np.random.default_rng(1).normal(0, 0.1, (44_100 * 6, 1))
    soundfile.write(whole, noise, 44_100, format=container)
    part.write_bytes(whole.read_bytes()[: int(kept * whole.stat().st_size)])
    facts = decode(part, tmp_path / "result", max_duration=60)
    assert facts.damaged
    assert "breaks off" in facts.note
    assert facts.duration == pytest.approx(6 * kept, abs=0.6)
    control = decode(whole, tmp_path / "result", max_duration=60)
    assert (control.damaged, control.note) == (False, "")


def test_a_damaged_middle_becomes_silence_and_the_rest_stays_in_place(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    sound = np.random.default_rng(2).normal(0, 0.1, (44_100 * 4, 1))
    soundfile.write(path, sound, 44_100, format="FLAC")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = bytes(range(100)) * 3
    path.write_bytes(content)
    facts = decode(path, tmp_path / "result", max_duration=60)
    samples, _ = soundfile.read(tmp_path / "result")
    assert facts.damaged
    assert facts.note
    assert len(samples) == len(sound)
    np.testing.assert_allclose(samples[-44_100:], sound[-44_100:, 0], atol=1e-4)


@pytest.mark.parametrize("container", ["OGG", "MP3"])
def test_files_joined_end_to_end_are_decoded_to_their_end(tmp_path: Path, container: str) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, tone(44_100, 1), 44_100, format=container)
    path.write_bytes(path.read_bytes() * 2)
    facts = decode(path, tmp_path / "result", max_duration=60)
    assert facts.duration == pytest.approx(2 * SECONDS, abs=0.2)


def test_samples_that_are_no_numbers_become_zero_and_the_note_says_so(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    samples = tone(44_100, 1)
    samples[100:110] = np.nan
    samples[200] = np.inf
    soundfile.write(path, samples, 44_100, format="WAV", subtype="FLOAT")
    facts = decode(path, tmp_path / "result", max_duration=60)
    decoded, _ = soundfile.read(tmp_path / "result", dtype="float32")
    assert "11 samples" in facts.note
    assert not decoded[100:110].any()
    np.testing.assert_array_equal(decoded[300:], samples[300:, 0])


def test_a_recording_of_no_number_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, np.full(1000, np.nan), 44_100, format="WAV", subtype="FLOAT")
    with pytest.raises(AudioError, match="NaN"):
        decode(path, tmp_path / "result", max_duration=60)


def test_a_recording_beyond_the_longest_duration_is_refused_not_cut(tmp_path: Path) -> None:
    path, result = tmp_path / "recording", tmp_path / "result"
    soundfile.write(path, tone(8_000, 1, 3.0), 8_000, format="WAV")
    assert decode(path, result, max_duration=3.0).duration == 3.0
    result.unlink()
    with pytest.raises(AudioError, match=r"longer than 2\.9 s"):
        decode(path, result, max_duration=2.9)
    assert [found.name for found in tmp_path.iterdir()] == ["recording"]


def test_more_than_eight_channels_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, tone(8_000, 9), 8_000, format="WAV")
    with pytest.raises(AudioError, match="9 channels"):
        decode(path, tmp_path / "result", max_duration=60)


def test_a_full_disk_is_told_with_its_cure_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, tone(8_000, 1), 8_000, format="WAV")
    with pytest.raises(StoreError, match="Free disk space"):
        decode(path, tmp_path / "result", max_duration=60, min_free_mb=10**9)
    assert [found.name for found in tmp_path.iterdir()] == ["recording"]


def test_a_missing_destination_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, tone(8_000, 1), 8_000, format="WAV")
    with pytest.raises(StoreError, match="folder exists"):
        decode(path, tmp_path / "nowhere" / "result", max_duration=60)


def test_progress_grows_and_ends_at_one(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, tone(44_100, 2, 20.0), 44_100, format="FLAC")
    seen: list[float] = []
    decode(path, tmp_path / "result", max_duration=60, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_cancelling_ends_the_child_within_a_second_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, np.zeros(44_100 * 600, np.int16), 44_100, format="FLAC")
    cancelled = threading.Event()
    asked: list[float] = []

    def cancel(_: float) -> None:
        asked.append(time.monotonic())
        cancelled.set()

    with pytest.raises(RunCancelled):
        decode(path, tmp_path / "result", max_duration=1e4, on_progress=cancel, cancelled=cancelled)
    assert time.monotonic() - asked[0] < 5.0
    assert [found.name for found in tmp_path.iterdir()] == ["recording"]


def test_a_child_without_progress_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    soundfile.write(path, tone(8_000, 1), 8_000, format="WAV")
    with pytest.raises(AudioError, match="given up"):
        decode(path, tmp_path / "result", max_duration=60, idle_timeout=0.0)
    assert [found.name for found in tmp_path.iterdir()] == ["recording"]
