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
    "PHOTOS",
    "PROMPTS",
    "SINGING",
    "SOUNDS",
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

# Sounds of the Scratch project: six a cappella takes and five pieces of music, and single sounds.
_SCRATCH = "usr/share/scratch/Media/Sounds"


def _scratch(name: str, digests: Mapping[str, Mapping[str, str]]) -> Checkpoint:
    files = {file: digest for hashes in digests.values() for file, digest in hashes.items()}
    return Checkpoint(
        name=name,
        files=files,
        licence="CC-BY-SA-3.0 (Scratch, Lifelong Kindergarten Group at the MIT Media Lab)",
        size_mb=0.6,
        sources=[
            {
                file: Part(Deb("scratch"), f"{_SCRATCH}/{folder}/{file}")
                for folder, hashes in digests.items()
                for file in hashes
            },
        ],
    )


SINGING = _scratch(
    "singing",
    {
        "Vocals": {
            "Sing-me-a-song.mp3": (
                "e073b0bf0fbaf22eca31b825634c1a7bb3887c1391a427a918bfa35afd6cf61e"
            ),
            "Come-and-play.mp3": "661d6582995e8b2e714adb1070a14f6fe3c37fb7928079c3e5cdf9c82d1d188d",
            "Got-inspiration.mp3": (
                "d477da0fc260dfce93fbe55fb743ad9a25be126f3da7adcad29f2fbeaf419f55"
            ),
            "Join-us.mp3": "75f4f4497ab58047fdc0d9b08e5148850154c1fc0043a6e05238fd488782a8ed",
            "Oooo-badada.mp3": "b539c93b22456602768372178fee26f7a9138383e189870aa6f70af6c1494cbf",
            "Hey-yay-hey.mp3": "32577d1602e98f0aa52b29e34cd4b5772758930503dd0a3fec52c6ca2a83da46",
        },
        "Music Loops": {
            "Triumph.mp3": "a73041465222fb1b8aa5dec5b0a11d8767130a071d71c22aa9056ab8fa2c2db7",
            "Garden.mp3": "01eb74522006135f6fd791f7439cd73e308dea27e58089976ed6b6e538448662",
            "Medieval1.mp3": "b3b04de9b8916c0598ae19cf33b0eac3f3752194c4fc3a790cb1f920a15607ad",
            "Eggs.mp3": "df4db25e79cee97d2641ea75c53f65c9f89d1bc71a86b0d4bd80d00593674151",
            "Techno.mp3": "1ff0ffbac6539b0e06a77af65c2e04fbb672b44fdf7e5679ad63489431c2a372",
        },
    },
)
SOUNDS = _scratch(
    "sounds",
    {
        "Animal": {
            "Dog1.wav": "9c5cbb173c58e12b9567a43d76a6d586f020ccefd4d0073b8bcc6d3f561c604e",
            "Rooster.wav": "b80c374bdcdfdb1541b5273873233c8d4febbab04112f676711f7c47d99d4605",
            "Horse.wav": "24ff7147ab002fd283e52bc400b572d77764d95eab58377812c8d9935cc45fe7",
            "Kitten.wav": "427afe9d62874d41401d01558d48bec98f26d675e4480b073835576ed1ff499d",
            "Goose.wav": "548e7ba4269ac439f2292ea53a2f65a02145fca89690501fdb339b61a40ddcf4",
            "Cat.mp3": "449280071a04ad7f8cc9ce96849563e32fd5ebee60fb410c31ad55ae87ea2c63",
        },
        "Human": {
            "Cough-male.wav": "44c01df16d3a7ddf193faef52d02a3022d2b32ddb7eaf4c2b67a7bedadcb671d",
            "BabyCry.mp3": "44995a57baa6ba2d31bfa3bf3d9fd261a0d4a7ffc691902b2c03bf76ddaef197",
            "PartyNoise.wav": "c87c91db6e1660aca773cdbbed7551e75a583f60f0ef524d2845f50108282c79",
        },
        "Effects": {
            "WaterRunning.mp3": "b00591d9fe1e4bf0b9537094f04ff6ccf869545c7451e7ce4629553c163f2cd4",
            "SewingMachine.mp3": "75d40448ac012157c8fc150963494a2fce03e8fc7f70d865685c9aded550529f",
            "CarPassing.wav": "74ba26ab7138045155b9abaf2e0dc92f6994e92803fadebb915ecb19a226779c",
        },
    },
)


# Photos with what is on them in their names, of the stamps of Tux Paint.
_STAMPS = {
    "animals/mammals/bears/european-bear": (
        "bab9ff97e54a0a1961c7411f701f8f156b1d353a5e86cf85c6bc675aea8a32ff"
    ),
    "animals/mammals/wildboar": (
        "74f3338d0acf2aa127a77bd475a14fa109d8be5b77586db0e9dc142621e387a2"
    ),
    "animals/mammals/aquatic/orca": (
        "5b1d5b9f2d2250cb6b5405dbfc843538f3f89f56ff535f8d37f6a9937d4fd4f1"
    ),
    "animals/mammals/apes/gorilla": (
        "a9b45cb2f0acae32161d3ab45505219c6083a18e9412e5439cdd104fcbb53a85"
    ),
    "animals/mammals/apes/chimp": (
        "1103c68ddc42cd3b36c7c96020e844a7c1d4fc7dba8132b408263c3038b8f72f"
    ),
    "animals/mammals/cats/tiger": (
        "699baad06e31c6274fc7bb576953dc0f66a6677a8286daefbdf454cf7b7395d6"
    ),
    "animals/mammals/cats/tiger_sumatran": (
        "0b80b05c2920d0dbe788c377149a9d0ba19b63ef5ea809e1234ab837f5c48af6"
    ),
    "animals/mammals/cats/lion-2": (
        "f608afc9531257d9322d80a609094abe5827351973cdc08e0fecd1cd2cb76788"
    ),
    "animals/mammals/bovines/cow_white": (
        "0b189be2bb21dc9cccf842bf4cbee78f014fa60d07a5c78a20e54e2b664acdba"
    ),
    "animals/mammals/bovines/sheep": (
        "170207d37257b4186b4d2311a6a586ae8387c0dff95ce533d272f104a68785c3"
    ),
    "animals/mammals/dogs/dingo": (
        "665de674b6adc0b89437cfa4e6635fcce180e4725367592383848d1f3e345484"
    ),
    "animals/mammals/dogs/fox": (
        "d754bb3b88fc6e27c454e8880c62ba8fb84b3db7d37948209ca8b445be7d6cea"
    ),
    "animals/birds/hen": ("c0bf14dd4ee7dfdab6408991e1fa02c3097472f6ddcd46849111db623827881c"),
    "animals/birds/chicken_profile": (
        "963033ffca10bb988e23698f57685f1b34e612a2091b5c650ab1d94341374972"
    ),
    "animals/birds/peacock": ("657b94b6d6cd98c88f274ebf8e8f3180aae7795e74e9272543e362367f6a68df"),
    "animals/birds/penguin": ("5d0106c55f54cd7f7ceb5b997725b49ac9f3c3fd6934cf009a73cc6fa172f00b"),
    "animals/birds/pelican": ("13f209688b1abd8e91358da28adc62f693604c80760c2763a6baec874e5eb2ac"),
    "animals/birds/magpie": ("0940db581fff1eff00aa3a83d8520a7794a3233b4f5d81e71b42e9ce04b2c8ff"),
    "animals/birds/rainbow-lorikeet": (
        "a0134b0a9bb2aa00988b596968e0dddd11559bc57b2a0474b5c883b846ccc74f"
    ),
    "animals/birds/gander": ("8401b1e2443527c4b187fd901e4b3ee62795f3e1fb8640cd571d8cec02b188cf"),
    "hobbies/music/string/guitar_classical": (
        "63e5111f914f1a1239ab3660c61ce40c63b0d228c3e6ba85495a5cf49c5e6b01"
    ),
    "hobbies/music/percussion/drumkit": (
        "e1265e3784e31718e44c3853d9c875a3d2a718e537ead50b9ee2619d3e270faf"
    ),
    "household/tools/hammer": ("7854ef5d1035708bf85847393c4bc1000770de9622116f9a2152ef6cd5665bff"),
    "animals/insects/fly": ("a4e05ba0ce724d7550c349d0002c2588d0616b2c8a2af92d4caf3d6815a7dac0"),
    "vehicles/emergency/firetruck": (
        "e2049145f4829b7f30342c6d0143524014894bab8928ea1b6daa27f3f1b610c0"
    ),
    "animals/mammals/elephant": (
        "c58332e1f4ef1f476ffb0e8a2df86f0b55c589496b3699de26cfeabd231a8a70"
    ),
    "food/fruit/pineapple": ("a75f52ca43cc72da23fbae92b4f3f267c7985833ed3a86cd88b37f904ed50474"),
    "household/tools/wrench": ("422cbe84111d0522a92712ae77ed67eb9ce18a1fdeda36a36d1599aef6fda7f2"),
    "food/fruit/banana": ("e55d901371482da3e7b130029d19bd89fab155dfed8ac5bf4d95d8f9463f5a7d"),
    "space/moon/moon_full": ("501bc9dbd04d8d0ed20fe70c751acaf9392c1ad04411143b37368ba702e11ad6"),
    "food/fruit/lemon": ("f28692fef7f3512f4bb04907eb3e4917d05925d9093656fb2554a7dcd1474ce4"),
    "food/pizza": ("c24d878d80f1e0ac1cfe2db6b3492d019332514bd42b5b8d7c53557c78d98c6c"),
}
_SHOWN = {name: f"{name.rpartition('/')[2]}.png" for name in _STAMPS}
PHOTOS = Checkpoint(
    name="photos",
    files={_SHOWN[name]: digest for name, digest in _STAMPS.items()},
    licence="GPL-2.0-or-later",
    size_mb=1.6,
    sources=[
        {
            _SHOWN[name]: Part(
                Deb("tuxpaint-stamps-default"), f"usr/share/tuxpaint/stamps/{name}.png"
            )
            for name in _STAMPS
        }
    ],
)


def pulled(checkpoint: Checkpoint) -> Path:
    """Return the folder of a checkpoint; it is fetched when it is not there."""
    return CheckpointCache(load_settings().weights).pull(checkpoint)


def main() -> None:
    """Pull every recording and say where it lies."""
    for checkpoint in (
        TWO_CITIES,
        JFK,
        LIBRIVOX,
        PROMPTS,
        FOREIGN_PROMPTS,
        BABBLE,
        TRAFFIC,
        PHOTOS,
        SINGING,
        SOUNDS,
        BLUES,
    ):
        print(f"{checkpoint.name}: {pulled(checkpoint)} ({checkpoint.licence})")


if __name__ == "__main__":
    sys.exit(main())
