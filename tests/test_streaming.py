import numpy as np
import pytest
import soundfile

from tonmeister.audio import Waveform
from tonmeister.errors import AudioError, StoreError
from tonmeister.streaming import Audio, Feed, fit_blocks, write_pcm


def noise(num_frames, num_channels=1, rate=8000):
    samples = np.random.default_rng(3).uniform(-0.5, 0.5, (num_channels, num_frames))
    return Waveform(samples.astype(np.float32), rate)


def all_samples(audio):
    return np.concatenate([block.samples for block in audio.blocks()], axis=1)


def test_what_is_written_is_read_back_exactly(tmp_path):
    waveform = noise(200_001, 2)
    written = write_pcm(Audio.from_waveform(waveform), tmp_path / "a")
    audio = Audio.from_file(tmp_path / "a")
    np.testing.assert_array_equal(all_samples(audio), waveform.samples)
    np.testing.assert_array_equal(audio.read(1.0, 2.0).samples, waveform.samples[:, 8000:16000])
    assert written.num_frames == 200_001
    assert written.peak_db == pytest.approx(-6.02, abs=0.01)


def test_a_part_of_a_part_counts_from_its_own_beginning():
    audio = Audio.from_waveform(Waveform(np.arange(100), 10))
    np.testing.assert_array_equal(
        audio.part(2.0, 9.0).part(1.0, 2.0).read().samples[0], range(30, 40)
    )


def test_bad_samples_are_counted_and_written_as_zero(tmp_path):
    samples = np.array([[0.5, np.nan, np.inf, -0.5]], np.float32)
    written = write_pcm(Audio.from_waveform(Waveform(samples, 8000)), tmp_path / "a")
    assert written.num_bad_samples == 2
    assert Audio.from_file(tmp_path / "a").read().samples.tolist() == [[0.5, 0.0, 0.0, -0.5]]


def test_a_block_of_another_shape_is_refused(tmp_path):
    audio = Audio.from_blocks([noise(10, 1)], 8000, 2)
    with pytest.raises(AudioError, match="announced"):
        write_pcm(audio, tmp_path / "a")


def test_a_folder_that_cannot_be_written_is_a_store_error(tmp_path):
    with pytest.raises(StoreError):
        write_pcm(Audio.from_waveform(noise(10)), tmp_path / "missing" / "a")


def test_a_file_that_is_no_sound_is_an_audio_error(tmp_path):
    (tmp_path / "a").write_text("no sound")
    with pytest.raises(AudioError, match="cannot be read"):
        Audio.from_file(tmp_path / "a")


def test_made_audio_can_be_read_from_front_to_back_only():
    audio = Audio.from_waveform(noise(100)).map(lambda block: block)
    with pytest.raises(AudioError, match="front to back"):
        audio.read(0.0, 0.001)


@pytest.mark.parametrize("source", [8000, 11025, 44100, 96000])
@pytest.mark.parametrize("target", [8000, 22050, 48000])
@pytest.mark.parametrize("num_frames", [1, 401, 50_000])
def test_conversion_yields_the_announced_length(source, target, num_frames):
    converted = Audio.from_waveform(noise(num_frames, rate=source)).converted(target)
    samples = all_samples(converted) if converted.num_frames else np.zeros((1, 0))
    assert samples.shape[1] == converted.num_frames == round(num_frames * target / source)


def test_mono_becomes_stereo_and_other_layouts_are_refused():
    audio = Audio.from_waveform(noise(100))
    assert all_samples(audio.converted(num_channels=2)).shape == (2, 100)
    with pytest.raises(AudioError, match="3 channels"):
        Audio.from_waveform(noise(100, 3)).converted(num_channels=2)


def test_a_feed_gives_every_frame_once_whatever_is_asked_for():
    waveform = noise(1000)
    feed = Feed(Audio.from_blocks([waveform.part(0.0, 0.05), waveform.part(0.05, 1.0)], 8000, 1))
    taken = [feed.take(count) for count in (0, 1, 399, 7, 1000, 5)]
    assert [piece.shape[1] for piece in taken] == [0, 1, 399, 7, 593, 0]
    np.testing.assert_array_equal(np.concatenate(taken, axis=1), waveform.samples)


@pytest.mark.parametrize("wanted", [0, 5, 100, 250])
def test_blocks_are_fitted_to_an_exact_length(wanted):
    blocks = [noise(60), noise(40)]
    fitted = [block.samples for block in fit_blocks(blocks, 8000, 1, wanted)]
    assert sum(piece.shape[1] for piece in fitted) == wanted


def test_progress_reaches_the_end(tmp_path):
    write_pcm(Audio.from_waveform(noise(200_000)), tmp_path / "a")
    seen = []
    for _ in Audio.from_file(tmp_path / "a", on_read=seen.append).blocks():
        pass
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_the_stored_format_takes_more_than_four_gigabytes(tmp_path):
    write_pcm(Audio.from_waveform(noise(10)), tmp_path / "a")
    assert soundfile.info(tmp_path / "a").format == "RF64"
