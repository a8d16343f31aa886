"""Files that attack, lie or are broken: audio or one AudioError, soon, and the parent unharmed."""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tonmeister.decoder import readers
from tonmeister.decoder.formats import AV_OPTIONS
from tonmeister.decoder.limits import Limits, Meter
from tonmeister.decoding import DecodedFacts, decode, probe
from tonmeister.errors import AudioError

SECONDS_ALLOWED = 60.0  # far from hanging; other tests run beside this one
MEMORY_ALLOWED_MB = 512.0
SIBLING = Path(__file__).parents[2] / "shared" / "data" / "bad_audio"
BAD_AUDIO = Path(os.environ.get("TONMEISTER_BAD_AUDIO", SIBLING))
# Some files are in the collection twice; the later name wins.
BAD_FILES = sorted(
    {
        path.read_bytes(): path
        for path in sorted(BAD_AUDIO.rglob("*"))
        if path.is_file() and path.parent != BAD_AUDIO
    }.values()
)
GENEROUS = Limits(
    max_duration=1e9,
    max_samples=10**12,
    max_channels=8,
    min_free_bytes=0,
    cpu_seconds=1e6,
    samples_per_cpu_second=1e6,
)


@dataclass(frozen=True)
class Outcome:
    facts: DecodedFacts | None
    error: AudioError | None
    seconds: float
    written: bool


def attempt(path: Path, folder: Path) -> Outcome:
    result = folder / f"{threading.get_ident()}.wav"
    started = time.monotonic()
    facts, error = None, None
    try:
        facts = decode(path, result, max_duration=43_200)
    except AudioError as caught:
        error = caught
    outcome = Outcome(facts, error, time.monotonic() - started, result.exists())
    result.unlink(missing_ok=True)
    return outcome


def assert_tame(outcome: Outcome) -> None:
    assert outcome.seconds < SECONDS_ALLOWED
    if outcome.facts:
        assert outcome.facts.num_frames >= 1
        assert outcome.facts.peak_memory_mb < MEMORY_ALLOWED_MB
        assert outcome.written
    else:
        assert type(outcome.error) is AudioError
        assert "\n" not in str(outcome.error)
        assert outcome.error.hint
        assert not outcome.written


def crc(content: bytes, polynomial: int, bits: int) -> int:
    remainder = 0
    for byte in content:
        remainder ^= byte << (bits - 8)
        for _ in range(8):
            top = remainder >> (bits - 1)
            remainder = (remainder << 1 ^ (polynomial if top else 0)) & ((1 << bits) - 1)
    return remainder


def silent_flac(path: Path, *, seconds: float, num_channels: int, promised: int | None) -> None:
    """Write the densest FLAC there is: one constant per channel for 65,535 frames (RFC 9639)."""
    block, rate = 65_535, 44_100
    count = round(seconds * rate / block)
    total = count * block if promised is None else promised
    packed = rate << 44 | (num_channels - 1) << 41 | 15 << 36 | total
    streaminfo = block.to_bytes(2, "big") * 2 + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    with path.open("wb") as file:
        file.write(b"fLaC\x80\x00\x00\x22" + streaminfo)
        for number in range(count):
            header = bytes([0xFF, 0xF8, 0x79, (num_channels - 1) << 4 | 0x08])
            header += chr(number).encode() if number < 0xD800 else chr(number + 0x800).encode()
            header += (block - 1).to_bytes(2, "big")
            frame = header + bytes([crc(header, 0x07, 8)]) + b"\x00\x00\x00" * num_channels
            file.write(frame + crc(frame, 0x8005, 16).to_bytes(2, "big"))


def lying_wav(path: Path, *, seconds: float, promised: float) -> None:
    soundfile.write(path, np.full(round(seconds * 44_100), 0.1), 44_100, format="WAV")
    content = bytearray(path.read_bytes())
    size = round(promised * 44_100) * 2
    content[4:8] = (size + 36).to_bytes(4, "little")
    content[40:44] = size.to_bytes(4, "little")
    path.write_bytes(content)


def recording(path: Path) -> Path:
    sound = 0.1 * np.sin(np.arange(8_000) / 3)
    soundfile.write(path, sound, 8_000, format="WAV")
    return path


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Outcome]:
    folder = tmp_path_factory.mktemp("outcomes")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(
            zip(BAD_FILES, pool.map(lambda path: attempt(path, folder), BAD_FILES), strict=True)
        )


if BAD_FILES:

    @pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.name[:40])
    def test_a_bad_file_gives_audio_or_one_error(outcomes: dict[Path, Outcome], path: Path) -> None:
        assert_tame(outcomes[path])


def write_zero_bytes(path: Path) -> None:
    path.write_bytes(b"")


def write_text(path: Path) -> None:
    path.write_text("Dear reader,\nthis is a letter, and not a recording.\n", encoding="utf-8")


def write_utf16(path: Path) -> None:
    path.write_text("a letter in another encoding", encoding="utf-16")


def write_pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n" + bytes(200))


def write_nothing_but_zeros(path: Path) -> None:
    path.write_bytes(bytes(100_000))


def write_noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(200_000))


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (write_zero_bytes, "0 bytes"),
        (write_text, "text"),
        (write_utf16, "text"),
        (write_pdf, "PDF"),
        (write_nothing_but_zeros, "zero bytes"),
        (write_noise, "cannot be"),
    ],
)
def test_what_is_no_recording_is_named(
    tmp_path: Path, write: Callable[[Path], None], found: str
) -> None:
    path = tmp_path / "upload.wav"
    write(path)
    outcome = attempt(path, tmp_path)
    assert_tame(outcome)
    assert found in str(outcome.error)
    with pytest.raises(AudioError):
        probe(path)


@pytest.mark.parametrize(
    "name",
    [
        "two words.wav",
        "Äöü é 音.wav",
        "line\nbreak.wav",
        "-rf",
        "%03d.wav",
        "a:b|c.wav",
        "http:x.m3u",
    ],
)
def test_odd_names_never_reach_a_decoder(tmp_path: Path, name: str) -> None:
    path = recording(tmp_path / name)
    assert attempt(path, tmp_path).facts
    assert probe(path).duration == 1.0


def test_a_folder_a_missing_file_and_devices_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "missing.wav", pipe, Path("/dev/zero"), Path("nul\0byte")):
        outcome = attempt(path, tmp_path)
        assert_tame(outcome)
        assert outcome.error
        assert outcome.seconds < 1.0


def test_a_file_without_read_rights_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = recording(Path(folder) / "locked.wav")
        path.chmod(0)
        with as_an_ordinary_user(), pytest.raises(AudioError, match="cannot be read"):
            probe(path)


@contextlib.contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """Give up the rights of root for a while, who may read every file."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_list_of_other_files_opens_none_of_them(tmp_path: Path) -> None:
    recording(tmp_path / "secret.wav")
    for comment in (b"", b"# \x01\x02\n"):  # control characters pass for binary content
        path = tmp_path / "upload.wav"
        path.write_bytes(b"ffconcat version 1.0\n" + comment + b"file secret.wav\n")
        assert attempt(path, tmp_path).error
        with pytest.raises(av.error.FFmpegError):
            av.open(str(path), options=AV_OPTIONS)
        with av.open(str(path)) as control:  # without the guard the neighbour is read
            assert sum(frame.samples for frame in control.decode(audio=0)) == 8_000


def test_a_playlist_makes_no_request(tmp_path: Path) -> None:
    path = tmp_path / "upload.m3u8"
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/part.ts"
        server.setblocking(False)
        for comment in ("#\x01\n", ""):
            playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n{comment}#EXTINF:10,\n{address}\n"
            path.write_text(playlist + "#EXT-X-ENDLIST\n", encoding="utf-8")
            assert attempt(path, tmp_path).error
            with pytest.raises(BlockingIOError):
                server.accept()
        server.setblocking(True)
        server.settimeout(5.0)
        visitors: list[str] = []

        def answer() -> None:
            connection, (visitor, _) = server.accept()
            visitors.append(visitor)
            connection.close()

        listener = threading.Thread(target=answer)
        listener.start()
        # Without the guard, a decoder that is given the open file asks the address at once.
        with path.open("rb") as control, pytest.raises(av.error.FFmpegError):
            av.open(control)
        listener.join()
        assert visitors == ["127.0.0.1"]


def test_an_hour_of_silence_in_30_kb_is_decoded_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "silence.flac"
    silent_flac(path, seconds=3600, num_channels=1, promised=None)
    assert path.stat().st_size < 50_000
    outcome = attempt(path, tmp_path)
    assert_tame(outcome)
    assert outcome.facts
    assert outcome.facts.duration == pytest.approx(3600, abs=2)
    assert outcome.facts.peak_memory_mb < 128


def test_a_bomb_of_eight_channels_is_stopped_by_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "bomb.flac"
    silent_flac(path, seconds=3600, num_channels=8, promised=0)
    assert path.stat().st_size < 100_000
    outcome = attempt(path, tmp_path)
    assert_tame(outcome)
    assert "unpacks to more than" in str(outcome.error)


def test_without_the_budget_a_bomb_unpacks(tmp_path: Path) -> None:
    path, result = tmp_path / "bomb.flac", tmp_path / "result"
    silent_flac(path, seconds=60, num_channels=2, promised=0)
    tight = replace(GENEROUS, max_samples=1_000_000)
    with pytest.raises(AudioError, match="unpacks"):
        readers.decode(path, result, Meter(tight, print, tmp_path))
    facts = readers.decode(path, result, Meter(GENEROUS, print, tmp_path))
    assert facts["num_frames"] * facts["num_channels"] > 5_000_000


@pytest.mark.parametrize("promised", [3 * 3600.0, 6 * 3600.0])
def test_a_header_that_promises_hours_gives_the_second_there_is(
    tmp_path: Path, promised: float
) -> None:
    path = tmp_path / "lie.wav"
    lying_wav(path, seconds=1.0, promised=promised)
    outcome = attempt(path, tmp_path)
    assert_tame(outcome)
    assert outcome.facts
    assert (outcome.facts.num_frames, outcome.facts.damaged) == (44_100, True)
    assert "promises" in outcome.facts.note


def test_a_flac_header_that_promises_hours_gives_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "lie.flac"
    silent_flac(path, seconds=3, num_channels=1, promised=44_100 * 3600 * 100)
    outcome = attempt(path, tmp_path)
    assert_tame(outcome)
    assert outcome.facts
    assert outcome.facts.damaged
    assert outcome.facts.duration == pytest.approx(3, abs=0.1)


def run_limited(work: str, *, limited: bool) -> subprocess.CompletedProcess[bytes]:
    limits = replace(GENEROUS, cpu_seconds=0.0)
    setup = f"from tonmeister.decoder.limits import Limits\nlimits = {limits!r}\n"
    apply = "limits.apply()\n" if limited else ""
    return subprocess.run(
        [sys.executable, "-c", setup + apply + work], capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("work", "sign"),
    [
        ("bytearray(600 * 1024**2)", b"MemoryError"),
        ("files = [open('/dev/null') for _ in range(100)]", b"Too many open files"),
    ],
)
def test_memory_and_open_files_are_limited(work: str, sign: bytes) -> None:
    assert sign in run_limited(work, limited=True).stderr
    assert run_limited(work, limited=False).returncode == 0


def test_cpu_time_is_limited() -> None:
    work = "import time\nwhile time.process_time() < 1.5: pass"
    assert run_limited(work, limited=True).returncode < 0
    assert run_limited(work, limited=False).returncode == 0


def test_the_children_stayed_below_the_memory_limit(tmp_path: Path) -> None:
    # The system keeps one maximum over all children ever; ours may not raise it over the limit.
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for path in (recording(tmp_path / "good.wav"), *BAD_FILES[-3:]):
        attempt(path, tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert after == before or after / 1024 < MEMORY_ALLOWED_MB


def test_keys_of_the_parent_are_not_given_to_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tonmeister import sandbox

    monkeypatch.setenv("TONMEISTER_LLM_KEY", "secret")
    assert "secret" not in str(sandbox._environment())
    assert "PATH" in sandbox._environment()
