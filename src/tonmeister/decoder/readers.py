"""Foreign formats to float32 samples: PyAV first, libsndfile second. Runs in the child only.

PyAV comes first because libsndfile ends chained Ogg, concatenated MP3 and FLAC files with a wrong
length after their first part and calls that success.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonmeister.decoder.formats import ACCEPTED, AV_OPTIONS, damage_of_the_end
from tonmeister.decoder.limits import Meter, too_long
from tonmeister.decoder.sink import BLOCK_FRAMES, Block, Sink
from tonmeister.errors import AudioError

__all__ = ["decode", "probe"]

SMALLEST_GAP = 0.06  # seconds; containers with coarse clocks jitter by less
LARGEST_FILL = 10.0  # seconds of silence for one gap; a longer one is a broken clock
LOWEST_BYTES_PER_SECOND = 400  # of a recording; a header that claims less per second lies
GUESSED_DURATION = {"mp3", "aac", "ac3", "eac3", "amr"}  # derived from the bit rate
SHORT_NAMES = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "matroska"}
# The others that libsndfile reads are rare, and it recognises some of them in random bytes.
SOUNDFILE_FORMATS = {
    "WAV",
    "WAVEX",
    "RF64",
    "W64",
    "AIFF",
    "AU",
    "CAF",
    "FLAC",
    "OGG",
    "MP3",
    "NIST",
    "VOC",
    "SVX",
}
NOT_KNOWN = "its content is no known format, or it is damaged at the start"


class UnreadableError(Exception):
    """One decoder found no sound; the other one may."""


def probe(path: Path) -> dict[str, Any]:
    """Return the facts that a file's header claims, without decoding it.

    Raises:
        AudioError: Neither decoder can open it, or it has neither sound nor picture.
    """
    reasons: list[str] = []
    for attempt in (_probe_av, _probe_soundfile):
        try:
            return attempt(path)
        except UnreadableError as error:
            reasons.append(str(error))
    raise AudioError(f"The file is no recording that can be read: {reasons[0]}.", hint=ACCEPTED)


def decode(path: Path, output: Path, meter: Meter) -> dict[str, Any]:
    """Decode the first audio stream of a file to RF64 float32 WAV.

    Raises:
        AudioError: Nothing could be decoded, or a limit was exceeded.
        StoreError: The disk is full.
    """
    reasons: list[str] = []
    for attempt in (_decode_av, _decode_soundfile):
        with Sink(output, meter) as sink:
            try:
                container, codec = attempt(path, sink)
                sink.flush()
            except UnreadableError as error:
                reasons.append(str(error))
                continue
        if sink.num_decoded:
            return _facts(path, sink, container, codec)
        reasons.append("it holds no sound")
    raise AudioError(f"The file cannot be decoded: {reasons[0]}.", hint=ACCEPTED)


def _facts(path: Path, sink: Sink, container: str, codec: str) -> dict[str, Any]:
    if sink.num_not_finite == sink.num_frames * sink.num_channels:
        raise AudioError(
            "No sample of the recording is a number (all are NaN or infinite).",
            hint="Export it anew.",
        )
    if sink.num_not_finite:
        sink.blame(f"{sink.num_not_finite} samples were NaN or infinite and became zero.")
    end = damage_of_the_end(path)
    if end and not sink.damaged:
        sink.blame(f"The recording breaks off after {sink.duration:.2f} s. {end}")
    return {
        "sample_rate": sink.sample_rate,
        "num_channels": sink.num_channels,
        "num_frames": sink.num_frames,
        "damaged": sink.damaged,
        "note": " ".join(sink.notes),
        "container": container,
        "codec": codec,
    }


def _check_claim(
    path: Path, duration: float, num_channels: int, sample_rate: int, meter: Meter
) -> None:
    # A claim is believed only if the file is large enough for it; the decoded length decides else.
    if path.stat().st_size < duration * LOWEST_BYTES_PER_SECOND:
        return
    if duration > meter.limits.max_duration:
        raise too_long(meter.limits.max_duration)
    meter.require_space(int(4 * duration * sample_rate * num_channels))


def _open_av(path: Path) -> Any:
    import av
    from av.error import FFmpegError

    try:
        return av.open(str(path), options=AV_OPTIONS)
    except (FFmpegError, ValueError) as error:
        if isinstance(error, MemoryError):
            raise
        raise UnreadableError(NOT_KNOWN) from error


def _streams(container: Any) -> tuple[Any | None, Any | None]:
    from av.stream import Disposition

    attached = Disposition.attached_pic
    # A stream without codec context is one that no decoder exists for.
    audio = next((stream for stream in container.streams.audio if stream.codec_context), None)
    video = next((s for s in container.streams.video if not s.disposition & attached), None)
    return audio, video


def _claimed_duration(container: Any) -> float | None:
    if container.duration is None or container.duration <= 0:
        return None
    return container.duration / 1_000_000


def _probe_av(path: Path) -> dict[str, Any]:
    with _open_av(path) as container:
        audio, video = _streams(container)
        main = video or audio
        if main is None:
            raise UnreadableError("it holds no stream of sound or pictures that can be decoded")
        size = video.codec_context if video and video.codec_context else None
        return {
            "kind": "video" if video else "audio",
            "container": SHORT_NAMES.get(container.format.name, container.format.name),
            "codec": (audio or main).codec_context.codec.canonical_name if audio or size else "",
            "sample_rate": audio.codec_context.sample_rate or 0 if audio else 0,
            "num_channels": audio.codec_context.channels if audio else 0,
            "duration": _claimed_duration(container),
            "width": size.width if size else 0,
            "height": size.height if size else 0,
        }


def _probe_soundfile(path: Path) -> dict[str, Any]:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            if file.format not in SOUNDFILE_FORMATS:
                raise UnreadableError(NOT_KNOWN)
            known = 0 < file.frames < 2**62
            return {
                "kind": "audio",
                "container": file.format.lower(),
                "codec": file.subtype.lower(),
                "sample_rate": file.samplerate,
                "num_channels": file.channels,
                "duration": file.frames / file.samplerate if known else None,
            }
    except (soundfile.LibsndfileError, ValueError, ZeroDivisionError) as error:
        raise UnreadableError(NOT_KNOWN) from error


def _decode_av(path: Path, sink: Sink) -> tuple[str, str]:
    size = path.stat().st_size
    with _open_av(path) as container:
        stream, video = _streams(container)
        if stream is None:
            if video:
                raise AudioError("The video has no sound.", hint="Hand over one with sound.")
            raise UnreadableError("it holds no sound that can be decoded")
        context = stream.codec_context
        context.thread_count = 1  # each further thread would reserve memory of its own
        codec = str(context.codec.canonical_name)
        if codec == "flac":
            context.options = {"err_detect": "crccheck+explode"}  # else damage becomes loud noise
        name = str(container.format.name)
        claimed = None if name in GUESSED_DURATION else _claimed_duration(container)
        if claimed:
            _check_claim(path, claimed, context.channels, context.sample_rate or 0, sink.meter)
        ticks = {each.index: float(each.time_base or 0) for each in container.streams}
        _AvReader(container, stream, sink, claimed, size, ticks).read()
        return SHORT_NAMES.get(name, name), codec


@dataclass(slots=True)
class _AvReader:
    container: Any
    stream: Any
    sink: Sink
    claimed: float | None
    size: int
    ticks: dict[int, float]
    lost: int = 0
    reach: float = 0.0
    heard_to: float = 0.0
    missing: float = 0.0
    resampler: Any = None
    resampler_key: tuple[int, int] = (0, 0)
    layout: Any = None

    def read(self) -> None:
        from av.error import FFmpegError

        try:
            # Every stream is read: their timestamps tell whether the file broke off.
            for packet in self.container.demux():
                self._follow(packet)
                if packet.stream.index == self.stream.index:
                    self._take(packet)
        except FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            if not self.sink.num_decoded:
                raise UnreadableError(f"the decoder reports: {error.strerror}") from error
            self.sink.blame(f"The recording breaks off after {self.sink.duration:.2f} s.")
        self._judge()

    def _follow(self, packet: Any) -> None:
        if packet.pts is not None:
            seconds_per_tick = self.ticks.get(packet.stream.index, 0.0)
            end = (packet.pts + (packet.duration or 0)) * seconds_per_tick
            self.reach = max(self.reach, end)
        if packet.pos is not None and self.size:
            self.sink.meter.advance(packet.pos / self.size)

    def _take(self, packet: Any) -> None:
        from av.error import FFmpegError

        try:
            frames = packet.decode()
        except FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self.lost += 1
            return
        for frame in frames:
            self._bridge(frame)
            for block in self._blocks(frame):
                self.sink.write(block)

    def _bridge(self, frame: Any) -> None:
        # Silence keeps what follows a missing part at its place in time.
        length = frame.samples / frame.sample_rate
        if frame.pts is None:
            self.heard_to += length
            return
        start = frame.pts * self.ticks.get(self.stream.index, 0.0)
        missing = start - self.heard_to
        if self.sink.num_decoded and missing > SMALLEST_GAP:
            import numpy as np

            self.missing += missing
            shape = (
                round(min(missing, LARGEST_FILL) * self.sink.sample_rate),
                self.sink.num_channels,
            )
            self.sink.write(np.zeros(shape, np.float32), decoded=False)
        self.heard_to = start + length

    def _blocks(self, frame: Any) -> Iterator[Block]:
        shape = (frame.sample_rate, frame.layout.nb_channels)
        if self.layout is None:
            self.sink.start(*shape)
            self.layout = frame.layout
        if shape == (self.sink.sample_rate, self.sink.num_channels):
            yield _samples(frame)
            return
        import av

        if shape != self.resampler_key:
            if self.resampler is None:
                self.sink.notes.append(
                    f"The rate or the channels change after {self.sink.duration:.2f} s; "
                    "the recording was converted to those of its start."
                )
            self.resampler = av.AudioResampler("flt", self.layout, self.sink.sample_rate)
            self.resampler_key = shape
        frame.pts = None
        for converted in self.resampler.resample(frame):
            yield _samples(converted)

    def _judge(self) -> None:
        sink = self.sink
        if self.missing:
            sink.blame(f"{self.missing:.2f} s in between are missing; there is silence instead.")
        elif self.lost:
            sink.blame(f"Damaged parts were left out: {self.lost}.")
        start = (self.container.start_time or 0) / 1_000_000
        tolerance = max(0.5, 0.01 * (self.claimed or 0.0))
        if self.claimed and self.claimed - (self.reach - start) > tolerance:
            sink.blame(
                f"The header promises {self.claimed:.2f} s; "
                f"the file breaks off after {sink.duration:.2f} s."
            )


def _samples(frame: Any) -> Block:
    import numpy as np

    raw = frame.to_ndarray()
    raw = raw.T if frame.format.is_planar else raw.reshape(-1, frame.layout.nb_channels)
    if raw.dtype.kind == "f":
        return np.ascontiguousarray(raw, dtype=np.float32)
    scale = np.float32(2.0 ** (8 * raw.dtype.itemsize - 1))
    if raw.dtype.kind == "u":
        return (raw.astype(np.float32) - scale) / scale
    return raw.astype(np.float32) / scale


def _decode_soundfile(path: Path, sink: Sink) -> tuple[str, str]:
    import numpy as np
    import soundfile

    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, ValueError) as error:
        raise UnreadableError(NOT_KNOWN) from error
    with file:
        if file.format not in SOUNDFILE_FORMATS:
            raise UnreadableError(NOT_KNOWN)
        sink.start(file.samplerate, file.channels)
        claimed = file.frames if 0 < file.frames < 2**62 else 0
        while True:
            try:
                block = file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError:
                sink.blame(f"The recording breaks off after {sink.duration:.2f} s.")
                break
            if not len(block):
                break
            sink.write(np.asarray(block, np.float32))
            sink.meter.advance(sink.num_frames / claimed if claimed else 0.0)
        if not sink.damaged and claimed - sink.num_frames > sink.sample_rate / 2:
            sink.blame(
                f"The header promises {claimed / sink.sample_rate:.2f} s; "
                f"the file breaks off after {sink.duration:.2f} s."
            )
        return file.format.lower(), file.subtype.lower()
