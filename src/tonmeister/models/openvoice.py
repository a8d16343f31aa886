"""OpenVoice v2: changes whose voice is heard, and with Kokoro speaks new words in a given voice.

Source: Qin et al., "OpenVoice: Versatile Instant Voice Cloning" (arXiv 2312.01479). Its own method
of cloning is followed: a base voice reads the text, then the tone colour is exchanged.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tonmeister.artifacts import Noted, Text
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.errors import ToolUnavailable
from tonmeister.models.kokoro import KOKORO, Kokoro
from tonmeister.models.kokoro_voices import LANGUAGES, SCRIPTS
from tonmeister.models.reference_voice import reference_speech
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.text_language import language_of, script_of
from tonmeister.models.voice_table import read_table
from tonmeister.models.world import pitch_of
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio, Feed, fit_blocks
from tonmeister.tools.voice import clone_voice, convert_voice, require_consent
from tonmeister.toolspec import Card, model

if TYPE_CHECKING:
    from torch import Tensor

    from tonmeister.models.openvoice_network import Shape

__all__ = ["OPENVOICE", "OpenVoiceCloner", "OpenVoiceConverter"]

_HUB = Hub("myshell-ai/OpenVoiceV2", "main")
CONFIG, WEIGHTS = "converter/config.json", "converter/checkpoint.pth"
OPENVOICE = Checkpoint(
    name="openvoice-v2",
    files={CONFIG: "", WEIGHTS: ""},
    licence="MIT",
    size_mb=131.4,
    sources=[{CONFIG: Part(_HUB, CONFIG), WEIGHTS: Part(_HUB, WEIGHTS)}],
)

NOISE_AMOUNT = 0.3
"""Of the latent frames; what OpenVoice itself uses."""

PIECE_FRAMES = 1024
"""Spectrogram frames converted at a time, 12 s."""

CONTEXT_FRAMES = 112
"""Frames on both sides that can change a frame of the result: 32 for the encoder, 64 for the flow
both ways, 12 for the decoder, and what a window overlaps. With them, pieces equal the whole."""

NOISE_FRAMES = 256
COLOUR_DURATION = 60.0
"""Seconds of the recording from which its own tone colour is taken."""

MAGNITUDE_FLOOR = 1e-6
PITCH_DURATION, USUAL_PITCH_HZ = 15.0, 150.0


class _ToneColours:
    """The converter with its spectrogram, for recordings of any length."""

    def __init__(self, folder: Path, threads: int) -> None:
        import torch

        from tonmeister.models.openvoice_network import Converter, folded

        torch.set_num_threads(threads)
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        sound = settings["data"]
        self.sample_rate = int(sound["sampling_rate"])
        self._n_fft, self._hop = int(sound["filter_length"]), int(sound["hop_length"])
        self._shape = _shape(settings["model"], self._n_fft)
        with torch.device("meta"):
            network = Converter(self._shape)
        # weights_only: nothing but tensors is taken out of the pickle, and no code is run.
        kept = torch.load(folder / WEIGHTS, map_location="cpu", weights_only=True)
        network.load_state_dict(folded(kept["model"]), strict=True, assign=True)
        self._network = network.eval().requires_grad_(requires_grad=False)

    def of(self, speech: Waveform) -> "Tensor":
        """Return the tone colour of a voice.

        Args:
            speech: Mono at the converter's rate.
        """
        side = (self._n_fft - self._hop) // 2
        padded = np.pad(speech.samples[0], (side, side + self._hop))
        return self._network.tone_colour(self._spectrogram(padded))

    def converted(self, audio: Audio, target: "Tensor") -> Audio:
        """Return speech with another tone colour, at the converter's rate, mono.

        Args:
            audio: Mono at the converter's rate, read once from front to back.
            target: The wanted tone colour.
        """
        rate = self.sample_rate
        feed = Feed(audio)
        opening = feed.take(round(COLOUR_DURATION * rate))
        if not opening.shape[1]:
            return Audio.from_blocks((), rate, 1, 0)
        source = self.of(Waveform(opening, rate))
        step = PIECE_FRAMES * self._hop
        rest = (feed.take(step)[0] for _ in itertools.count())
        samples = itertools.chain([opening[0]], rest)
        blocks = (Waveform(made, rate) for made in self._pieces(samples, source, target))
        return Audio.from_blocks(blocks, rate, 1, audio.num_frames)

    def _pieces(
        self, samples: Iterator[Samples], source: "Tensor", target: "Tensor"
    ) -> Iterator[Samples]:
        """Convert piece after piece, each with all that can reach into it."""
        hop = self._hop
        # Half a window of silence on both ends: frame k sees n_fft samples from k * hop on.
        overlap = self._n_fft - hop
        held, begin = np.zeros(overlap // 2, np.float32), 0
        total = frames = sys.maxsize
        for first in itertools.count(0, PIECE_FRAMES):
            wanted = (first + PIECE_FRAMES + CONTEXT_FRAMES) * hop + overlap
            while begin + len(held) < wanted and total == sys.maxsize:
                fresh = next(samples)
                held = np.concatenate([held, fresh])
                if not len(fresh):
                    total = begin + len(held) - overlap // 2
                    frames = -(-total // hop)
                    held = np.pad(held, (0, frames * hop + overlap - begin - len(held)))
            low, high = max(0, first - CONTEXT_FRAMES), first + PIECE_FRAMES + CONTEXT_FRAMES
            high = min(high, frames)
            seen = held[low * hop - begin : high * hop + overlap - begin]
            made = self._network.convert(
                self._spectrogram(seen), source, target, self._noise(low, high), NOISE_AMOUNT
            )[0, 0].numpy()
            yield made[np.newaxis, (first - low) * hop :][:, : PIECE_FRAMES * hop][
                :, : total - first * hop
            ]
            if first + PIECE_FRAMES >= frames:
                return
            done = max(0, first + PIECE_FRAMES - CONTEXT_FRAMES) * hop - begin
            held, begin = held[done:], begin + done

    def _spectrogram(self, samples: Samples) -> "Tensor":
        import torch

        spectrum = torch.stft(
            torch.from_numpy(np.ascontiguousarray(samples))[None],
            self._n_fft,
            hop_length=self._hop,
            window=torch.hann_window(self._n_fft),
            center=False,
            return_complex=True,
        )
        return torch.sqrt(spectrum.abs().square() + MAGNITUDE_FLOOR)

    def _noise(self, low: int, high: int) -> "Tensor":
        """Return the noise of some frames; a frame has the same in every piece and every run."""
        import torch

        first, last = low // NOISE_FRAMES, -(-high // NOISE_FRAMES)
        made = torch.cat(
            [
                torch.randn(
                    1,
                    self._shape.latent,
                    NOISE_FRAMES,
                    generator=torch.Generator().manual_seed(chunk),
                )
                for chunk in range(first, last)
            ],
            dim=2,
        )
        return made[:, :, low - first * NOISE_FRAMES :][:, :, : high - low]


def _shape(settings: dict[str, Any], n_fft: int) -> "Shape":
    from tonmeister.models.openvoice_network import Shape

    return Shape(
        bins=n_fft // 2 + 1,
        latent=settings["inter_channels"],
        hidden=settings["hidden_channels"],
        colour=settings["gin_channels"],
        zero_colour=bool(settings.get("zero_g", False)),
        kernels=tuple(settings["resblock_kernel_sizes"]),
        dilations=tuple(tuple(one) for one in settings["resblock_dilation_sizes"]),
        rates=tuple(settings["upsample_rates"]),
        rate_kernels=tuple(settings["upsample_kernel_sizes"]),
        width=settings["upsample_initial_channel"],
    )


@model(
    convert_voice,
    card=Card(
        name="openvoice-v2",
        licence="MIT",
        checkpoint=OPENVOICE,
        memory_mb=700,
        speed=0.9,
        load_duration=3.0,
        quality=70,
        packages=("torch",),
        extra="torch",
        note="OpenVoice works at 22.05 kHz: nothing above 11 kHz is left.",
    ),
)
class OpenVoiceConverter:
    """Exchanges the tone colour of speech; words, timing and melody stay."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the converter and the speech detector.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._detector = SpeechDetector(1)
        self._colours = _ToneColours(Path(weights or ""), threads)

    def __call__(self, audio: Audio, reference_audio: Audio, consent: str) -> Audio:
        """Convert a recording to the voice of a reference; rate, channels and length stay.

        Args:
            audio: Speech of one person; several channels are converted as one.
            reference_audio: The voice to take on.
            consent: The words in which the owner of the voice agrees.

        Raises:
            ToolUnavailable: There is no consent.
            ToolInputError: The reference holds too little speech.
        """
        require_consent(consent, "convert_voice")
        colours = self._colours
        rate = colours.sample_rate
        speech = reference_speech(reference_audio, self._detector, rate, "convert_voice")
        made = colours.converted(audio.converted(rate, 1), colours.of(speech))
        whole = made.converted(audio.sample_rate, audio.num_channels)
        shape = (audio.sample_rate, audio.num_channels, audio.num_frames or 0)
        return Audio.from_blocks(fit_blocks(whole.blocks(), *shape), *shape)


@model(
    clone_voice,
    card=Card(
        name="openvoice-v2-kokoro",
        licence="MIT AND Apache-2.0",
        checkpoint=OPENVOICE,
        memory_mb=1400,
        speed=1.7,
        load_duration=5.0,
        quality=70,
        languages=LANGUAGES,
        packages=("torch",),
        extra="torch",
        note="A built-in voice reads; its tone colour is exchanged. Accent and melody are its own.",
    ),
)
class OpenVoiceCloner:
    """Reads a text with Kokoro and gives it the tone colour of a reference."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the converter, the speech detector and Kokoro.

        Args:
            weights: Folder with the checkpoint's files; Kokoro's lie beside it.
            threads: CPU threads it may use.

        Raises:
            ToolUnavailable: Kokoro's weights are not there.
        """
        folder = Path(weights or "")
        speaker = CheckpointCache(folder.parent, offline=True).path(KOKORO)
        if speaker is None:
            raise ToolUnavailable(
                "OpenVoice changes the voice of speech that Kokoro reads; Kokoro is not installed.",
                tool="clone_voice",
                hint=f"Run: tonmeister models pull {KOKORO.name}",
            )
        self._kokoro = Kokoro()
        self._kokoro.load(speaker, threads)
        self._detector = SpeechDetector(1)
        self._colours = _ToneColours(folder, threads)

    def __call__(
        self, reference_audio: Audio, text: str | Text, consent: str, language: str | None
    ) -> Audio | Noted:
        """Read a text in the voice of a reference, mono at 22.05 kHz.

        Args:
            reference_audio: The voice to speak with.
            text: What to say.
            consent: The words in which the owner of the voice agrees.
            language: ISO 639-1 code of the text; None to detect it.

        Raises:
            ToolUnavailable: There is no consent.
            ToolInputError: The reference holds too little speech, or the text cannot be read.
        """
        require_consent(consent, "clone_voice")
        colours = self._colours
        rate = colours.sample_rate
        speech = reference_speech(reference_audio, self._detector, rate, "clone_voice")
        words = text.text if isinstance(text, Text) else text
        language = language or (text.language if isinstance(text, Text) else None)
        language = language or SCRIPTS.get(script_of(words) or "") or language_of(words)
        pitch, _ = pitch_of(speech.part(0.0, PITCH_DURATION))
        heard = float(np.median(pitch[pitch > 0.0])) if np.any(pitch > 0.0) else USUAL_PITCH_HZ
        voice = read_table().nearest_pitch(heard, language or "en")
        read = self._kokoro(text=words, language=language, voice=voice, speed=1.0)
        spoken = read.value if isinstance(read, Noted) else read
        assert isinstance(spoken, Audio)  # noqa: S101 - what the adapter promises
        made = colours.converted(spoken.converted(rate, 1), colours.of(speech))
        return Noted(made, read.notes) if isinstance(read, Noted) else made
