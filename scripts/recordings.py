"""Real recordings for the demo, the tests and the benchmark: ``python -m scripts.recordings``.

They come out of published packages, verified by hash, and lie beside the model weights.
"""

import sys
from pathlib import Path

from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.config import load_settings
from tonmeister.packages import Deb, Npm, Part, Wheel

__all__ = ["FOREIGN_PROMPTS", "JFK", "LIBRIVOX", "TWO_CITIES", "pulled"]

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

# Telephone prompts at 8 kHz in three languages, one professional speaker each.
_MESSAGES = {
    "es": {
        "privacy-unident": "2cc82e2986f07ccb69b821f1b4da2b72f86decc279cadf6291d47055f2992d6e",
        "queue-periodic-announce": (
            "48918e21d9772c15f7308b7e1b537cfde9aeda70cfa7f463ceec84fa9ced5498"
        ),
        "ss-noservice": "150c001118d0a345c7800236b98bebc02eefb20c8634e50ce2f866af3a4347e7",
        "queue-youarenext": "2bc7cccfab3438304cfa221f4f16a360ca5d37234233254ec4b1973a32dce633",
        "vm-mailboxfull": "df09c839d507247385f813968e5f65d38437cf047940c0a90c835cec5d98a6ac",
        "followme/status": "71f4f7c615a976f2698a2ec9fdef7485e329e1ecf889db54dc006ef8b559ce36",
    },
    "fr": {
        "pbx-invalidpark": "604afa4d9cf3472d8856031e8fb90635f66d479cbf31ae240fd784e4c45a94ab",
        "followme/status": "779c387ae8b66e113dc39a5210f473df951328283da01049845deb82177f12c7",
        "privacy-unident": "bfc78eeac9f2d591e39e2779dbb895720dd1108bb24769bc2cefd9823a5d7955",
        "ss-noservice": "30cec243e19d9cfb5ee407b48c17ccc3df9403f2058b80e6fcf4d5a4b113161d",
        "queue-periodic-announce": (
            "b714cf0c345908ef3be836af1ad63d0824ec17b8312096411eddbe6ab9270829"
        ),
        "queue-youarenext": "a153bbc70674adfa174c128ea8da93bdf4bc2118147338490f807940e343d343",
    },
    "it": {
        "privacy-unident": "1bbd460fc109a9cee51c1da0544c3b778e753e4cbdb8dc2c67d304e0fc254a2e",
        "ss-noservice": "afc2c523208f07e3fe4e1ce277d7cef21c36543f17982f0592d019ee05554413",
        "queue-periodic-announce": (
            "eb9359c3b584387b7bcdba40f3779bb4fcfab0e14390614e62a0d376e0659e1e"
        ),
        "queue-youarenext": "4e6c9a2c7eca913a23ce0567439911a8f3a1b68f6683f85e4a80d2c38ed7c748",
        "pbx-invalidpark": "49ba0808fd8061ae9b6ad56eac3a234d9f70e32e4d61f5eb5c6a63ed413fc4e1",
        "vm-nobodyavail": "a644749113718ed655e16a2f4297b3934d71780de8964ea740d79420d19c5b94",
    },
}
_ANNOUNCERS = {"es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo"}
FOREIGN_PROMPTS = Checkpoint(
    name="foreign-prompts",
    files={
        f"{language}/{prompt.replace('/', '-')}.wav": digest
        for language, prompts in _MESSAGES.items()
        for prompt, digest in prompts.items()
    },
    licence="CC-BY-SA-3.0 (Digium, Asterisk core sounds)",
    size_mb=1.6,
    sources=[
        {
            f"{language}/{prompt.replace('/', '-')}.wav": Part(
                Deb(f"asterisk-core-sounds-{language}-wav"),
                f"usr/share/asterisk/sounds/{_ANNOUNCERS[language]}/{prompt}.wav",
            )
            for language, prompts in _MESSAGES.items()
            for prompt in prompts
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
    for checkpoint in (TWO_CITIES, JFK, LIBRIVOX, FOREIGN_PROMPTS):
        print(f"{checkpoint.name}: {pulled(checkpoint)} ({checkpoint.licence})")


if __name__ == "__main__":
    sys.exit(main())
