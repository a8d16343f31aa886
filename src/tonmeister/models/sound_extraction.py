"""Takes a sound that is named in words out of a recording, by the way that fits it.

Voices and music go to the networks that part songs, speech in noise to the one that cleans speech,
and every other sound is found by YAMNet and lifted off its background by a spectral gate. The two
results always add up to the recording.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from tonmeister.artifacts import Noted, Region
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.errors import ToolFailed, ToolUnavailable
from tonmeister.models.gtcrn import GTCRN, Gtcrn
from tonmeister.models.sightings import (
    MUSIC,
    SPEECH,
    SURE,
    VOICES,
    SoundFinder,
    found_events,
)
from tonmeister.models.sound_words import SOUND_WORDS, SoundClass, weights_of
from tonmeister.models.spectral_gate import Band, SpectralGate
from tonmeister.models.spleeter import SPLEETER, VoiceFromMusic
from tonmeister.models.spooling import Spool, remainder, within
from tonmeister.streaming import Audio
from tonmeister.tools.separation import (
    extract_sound,
    remove_sound,
    time_limits,
)
from tonmeister.toolspec import Card, model

__all__ = ["SoundExtractor", "SoundRemover"]

MUSIC_SHARE = 0.2
"""Share of the time with music from which a voice is taken out of music, not out of noise."""

MUSIC_HEARD = 0.3
LIKELY = 0.42
"""Confidence from which a sound is taken out: who asks for it has heard it, so less is needed than
to find it. Of recordings without the sound, one in ten reaches it."""

PLAIN_MUSIC = frozenset({"Music", "Song", "Background music", "Theme music", "Soundtrack music"})
SHOWN_TIMES = 6

FROM_STEMS = "Voice and music were parted as a song is; each may hold traces of the other."
FROM_NOISE = "The voice was taken out of noise; several people who speak stay together."
AT_ONCE = (
    "Other sounds at the same moment are not told apart and may be in it; the model audiosep is "
    "made to part them."
)
BY_PLACE = (
    "What stands out from the background in that place was taken, whatever it is; "
    "where nothing else is near, all of it."
)


class _Taker:
    """Takes sounds out.

    Args:
        weights: Folder with the files of YAMNet and of the sentence encoder; others beside it.
        threads: CPU threads it may use.
        tool_name: Name of the tool, for messages.
    """

    def __init__(self, weights: Path, threads: int, tool_name: str) -> None:
        self._weights = weights
        self._threads = threads
        self._tool = tool_name
        self._finder = SoundFinder(weights, threads)

    def taken(
        self,
        audio: Audio,
        description: str,
        times: tuple[float | None, float | None],
        band: tuple[float | None, float | None],
    ) -> tuple[Audio, tuple[str, ...]]:
        """Return the sound alone and what must be said about it.

        Args:
            audio: The recording; it is read again and again.
            description: What to take; empty when only its place is known.
            times: Beginning and end in seconds.
            band: Lowest and highest frequency in Hz.
        """
        place = time_limits(audio, self._tool, description, times, band)
        limits = Band(band[0] or 0.0, band[1])
        if not description.strip():
            gate = SpectralGate(audio, [place], limits)
            return gate.sound(), (BY_PLACE,)
        meant = self._finder.meant(description, self._tool)
        best = meant[0]
        if best.index in VOICES or best.label in PLAIN_MUSIC:
            sound, note = self._voice_or_music(audio, best)
            return (sound if times == (None, None) else within(sound, place)), (note,)
        given = None not in times
        return self._by_hearing(audio, description, meant, place, limits, given=given)

    def _voice_or_music(self, audio: Audio, best: SoundClass) -> tuple[Audio, str]:
        if best.index in SPEECH and not self._has_music(audio):
            enhancer = Gtcrn()
            enhancer.load(self._beside(GTCRN), self._threads)
            made = enhancer(audio, 1.0)
            clean = made.value if isinstance(made, Noted) else made
            assert isinstance(clean, Audio)  # noqa: S101 - what the adapter promises
            return clean, FROM_NOISE
        voice = VoiceFromMusic(self._beside(SPLEETER), self._threads).voice(audio)
        return (voice if best.index in VOICES else remainder(audio, voice)), FROM_STEMS

    def _has_music(self, audio: Audio) -> bool:
        return self._finder.share(audio, MUSIC, MUSIC_HEARD) >= MUSIC_SHARE

    def _by_hearing(
        self,
        audio: Audio,
        description: str,
        meant: Sequence[SoundClass],
        place: Region,
        band: Band,
        *,
        given: bool = False,
    ) -> tuple[Audio, tuple[str, ...]]:
        (heard,) = self._finder.evidence(audio, [weights_of(meant)])
        end = audio.duration if place.end is None else place.end
        events = [
            one
            for one in found_events(heard, description, LIKELY, audio.duration)
            if one.start < end and one.end > place.start
        ]
        found = [Region(max(one.start, place.start), min(one.end, end)) for one in events]
        if not found and given:
            # Who gives its times hears it: what stands out there is taken instead.
            unheard = f"'{description}' was not found there, so its place alone decided."
            return SpectralGate(audio, [place], band).sound(), (unheard, BY_PLACE)
        if not found:
            raise ToolFailed(
                f"'{description}' was not found in the recording, so nothing was taken out of it.",
                tool=self._tool,
                hint="If you hear it, give its start and end in seconds.",
            )
        gate = SpectralGate(audio, found, band, grow=True)
        if not all(gate.has_background):
            raise ToolFailed(
                f"'{description}' is heard all the time: there is no background near it to tell it "
                "from.",
                tool=self._tool,
                hint="Give low_hz and high_hz with its times, if it has frequencies of its own.",
            )
        where = ", ".join(f"{one.start:.1f}-{one.end:.1f}" for one in found[:SHOWN_TIMES])
        more = f" and {len(found) - SHOWN_TIMES} more" if len(found) > SHOWN_TIMES else ""
        label = meant[0].label
        notes = [f"{label} was found at {where} s{more}."]
        least = min(one.score for one in events)
        if least < SURE:
            notes.append(
                f"The least sure of these has a confidence of {least:.2f}; under {SURE:.2f} it may "
                "be something else."
            )
        return gate.sound(), (*notes, AT_ONCE)

    def _beside(self, checkpoint: Checkpoint) -> Path:
        """Return the folder of other weights; this tool uses them where they fit better."""
        folder = CheckpointCache(self._weights.parent, offline=True).path(checkpoint)
        if folder is None:
            raise ToolUnavailable(
                f"For a voice or music the weights of {checkpoint.name} are needed.",
                tool=self._tool,
                hint=f"Run: tonmeister models pull {checkpoint.name}",
            )
        return folder


def _card(name: str) -> Card:
    return Card(
        name=name,
        licence="Apache-2.0",
        checkpoint=SOUND_WORDS,
        memory_mb=900,
        speed=0.1,
        load_duration=3.0,
    )


class _Takes:
    """Takes a sound out; a model says for which tool, and which part comes first."""

    wanted: ClassVar[str]
    sound_first: ClassVar[bool]

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the tagger and the sentence encoder.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._taker = _Taker(Path(weights or ""), threads, self.wanted)

    def __call__(
        self,
        audio: Audio,
        description: str,
        start: float | None,
        end: float | None,
        low_hz: float | None,
        high_hz: float | None,
    ) -> Noted:
        """Return both parts, the wanted one first; rate, channels and length stay.

        Args:
            audio: Any recording that can be read again.
            description: Which sound; empty when times or frequencies say it.
            start: Where it begins in seconds.
            end: Where it ends in seconds.
            low_hz: Lowest frequency it has.
            high_hz: Highest frequency it has.
        """
        made, notes = self._taker.taken(audio, description, (start, end), (low_hz, high_hz))
        spool = Spool(made)
        parts = (spool.audio(), remainder(audio, spool.audio()))
        return Noted(parts if self.sound_first else parts[::-1], notes)


@model(extract_sound, card=_card("yamnet-extractor"))
class SoundExtractor(_Takes):
    """Takes a sound out and keeps it."""

    wanted, sound_first = "extract_sound", True


@model(remove_sound, card=_card("yamnet-remover"))
class SoundRemover(_Takes):
    """Takes a sound out and keeps the rest."""

    wanted, sound_first = "remove_sound", False
