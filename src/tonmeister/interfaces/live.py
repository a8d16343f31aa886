"""Sound written while it is made, so that a player can begin before the last word is spoken."""

import struct
from typing import BinaryIO

import numpy as np

from tonmeister.audio import Waveform
from tonmeister.events import Event, SoundMade

__all__ = ["LiveWav"]

UNKNOWN = 0xFFFFFFFF  # length of a WAV that goes on until the pipe closes; players accept it


class LiveWav:
    """Writes the sound of events as one 16-bit WAV of unknown length.

    Args:
        stream: Binary stream, such as standard output; each piece is flushed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._begun = False

    def on_event(self, event: Event) -> None:
        """Write what an event brings; other events are ignored.

        Args:
            event: What happened.

        Raises:
            BrokenPipeError: Nobody listens any more.
        """
        if not isinstance(event, SoundMade):
            return
        if not self._begun:
            self._stream.write(_header(event.sound))
            self._begun = True
        samples = np.clip(event.sound.samples, -1.0, 1.0) * 32767.0
        self._stream.write(np.rint(samples).astype("<i2").T.tobytes())
        self._stream.flush()


def _header(sound: Waveform) -> bytes:
    """Return the head of a WAV (Multimedia Programming Interface 1.0, 1991) without lengths."""
    width = 2 * sound.num_channels
    shape = (sound.num_channels, sound.sample_rate, sound.sample_rate * width, width, 16)
    form = struct.pack("<IHHIIHH", 16, 1, *shape)
    riff, length = b"RIFF" + struct.pack("<I", UNKNOWN), struct.pack("<I", UNKNOWN)
    return riff + b"WAVEfmt " + form + b"data" + length
