"""Recordings of single sounds for tests and the benchmark, each named by what it is.

Nothing was set on ``STAMPS``: thresholds were chosen on other recordings.
"""

from collections.abc import Mapping

from tonmeister.checkpoints import Checkpoint
from tonmeister.packages import Deb, Part

__all__ = ["EVENTS", "STAMPS", "STAMP_NAMES"]


def _sounds(
    name: str, deb: str, root: str, licence: str, digests: Mapping[str, Mapping[str, str]]
) -> Checkpoint:
    files = {f"{folder}/{file}": one for folder, of in digests.items() for file, one in of.items()}
    return Checkpoint(
        name=name,
        files=files,
        licence=licence,
        size_mb=2.0,
        sources=[{file: Part(Deb(deb), f"{root}/{file}") for file in files}],
    )


EVENTS = _sounds(
    "scratch-events",
    "scratch",
    "usr/share/scratch/Media/Sounds",
    "CC-BY-SA-3.0 (Scratch, Lifelong Kindergarten Group at the MIT Media Lab)",
    {
        "Animal": {
            "Rooster.wav": "b80c374bdcdfdb1541b5273873233c8d4febbab04112f676711f7c47d99d4605",
            "Goose.wav": "548e7ba4269ac439f2292ea53a2f65a02145fca89690501fdb339b61a40ddcf4",
            "Horse.wav": "24ff7147ab002fd283e52bc400b572d77764d95eab58377812c8d9935cc45fe7",
        },
        "Human": {
            "Cough-male.wav": "44c01df16d3a7ddf193faef52d02a3022d2b32ddb7eaf4c2b67a7bedadcb671d",
            "BabyCry.mp3": "44995a57baa6ba2d31bfa3bf3d9fd261a0d4a7ffc691902b2c03bf76ddaef197",
        },
        "Effects": {
            "BellToll.wav": "8c1c47c2629a95c4a934b7269fcb857c2764554fcbe56474fd01901427fc585d",
        },
    },
)
STAMPS = _sounds(
    "stamp-sounds",
    "tuxpaint-stamps-default",
    "usr/share/tuxpaint/stamps",
    "GPL-2.0-or-later (Tux Paint stamps, Bill Kendrick and others)",
    {
        "animals/insects": {
            "bee.ogg": "b50df8a270ce9cfc937365c80969c78d7dd986222c69bbc707c50d485644914f",
            "hornet.ogg": "7e1881546048888990229c164c30404518403bbaab7d770a68b382d458570fc2",
            "mosquito.ogg": "6b7fef957dbddd3aa8c8f0b9a9680528befc62140db2c6d29961444fd3945788",
        },
        "animals/amphibians": {
            "frog.ogg": "ddd57fa3d9880249a4b53b63f5c8eafb19b67111e3e1c4729bbbd4ad6b338acf",
        },
        "animals/mammals": {
            "pig.ogg": "626f14bc45afadbc60342d4a8ad2de992a2a7fc369dd4f365d411dee4896dd06",
            "elephant.ogg": "b30889c0a9ded911ada937c7b2180f2d9f47adac687608dd173ce63ea4f45f14",
        },
        "animals/mammals/equines": {
            "horse.ogg": "bc307c4a55e39d55f767d87ca960f17cd2ee302ceb5efab36b948fd220a4579b",
            "donkey.ogg": "0f19f75e3607cc85cedea17df5b8f88e55b61d41a9c3166512e4688bf2a58371",
        },
        "animals/mammals/bovines": {
            "sheep.ogg": "b88b4ff9afabd30fccc52c56fac0b9faefcb962c6fbd2dd130a1816e7a171554",
            "sheep_lamb.ogg": "f2783b4e39bc2b4c74a4c8f0316c350f4114797362e755bee6f8c7dc88dbded3",
            "cow.ogg": "a98652ab6f43f7dba9f009847c496c0943b00bc2d3d34c1d884482bb8ac40d72",
            "cow_white.ogg": "ac0a7dc56e6abc7b17a45d8bea5644350516dd2b995f1da506849892aaf8650b",
            "goat.ogg": "e31af4093d25f5a06caadaa6b17fef33e90226d20ccec5d07941fcc58b7d9d7f",
        },
        "animals/mammals/dogs": {
            "dog.ogg": "610df5db4d298be353a609d1c5b7111e8f9fc42441fb8bfdd56ecfa74f515cc7",
        },
        "animals/mammals/cats": {
            "lion.ogg": "c0690bc5a5096aee2b45ea5316077306d14f74c31d3a2f8dd791c95bdcfee2b0",
        },
        "animals/birds": {
            "crow.ogg": "3773bd7079abe31883d6d6edfbb340cbdf2add2833616a9ac66c45baa754b7a5",
            "gander.ogg": "9254b59a4e69240592f05d901e5d7b6fc8c808676ed09198f596bc3728edbae2",
            "duck.ogg": "d92e59a04bdf1e553f5bbcda106e04a487a7b31b0267dcbce9868e8c64cb54aa",
            "drake.ogg": "6fce33e70bb3d45c3d7c0870a7fb07ae933081491e16aca1889c6735d5e11320",
            "rooster.ogg": "7e1bcfc00332c0691c2e04b234cde14a5c6f53630a9157929b543fa9bbee4d27",
            "hen.ogg": "faf0a2f9b31bda7d9de5e2118249c1fb172b3fbc7925ff7d339973826f579478",
            "owl.ogg": "7195a9ced5ae6edd8506623f43c9bc5347890fc988520a4775a37e48fa788b68",
            "turkey.ogg": "b72881262a428fa6a175cf09a536f5ab92091b7be486307a82ea7bc69803db12",
            "blackbird.ogg": "4d836ce784043f1ea54248bd5eadd3e2c06c41bd6fa1ff811888ec8cb470ca17",
            "lark.ogg": "fa39bb4a7d75cedb59af2bad07c90bf149a9c477b0c00b6434821b568170a60d",
        },
        "animals/mammals/aquatic": {
            "whale.ogg": "b682ef8d7a7532a818235da00887c1a90d7e55c247b0668a4b89ef2a7cd96365",
        },
        "hobbies": {
            "camera_35mm.ogg": "6097b0ba4f263a5ce5447af8592aa3f1d46a426ed88d3c919d567bf16c4faac6",
        },
        "seasonal/newyears": {
            "fireworks.ogg": "14edbe74cbc567b6ce4243ac0946e90402625b8be543ccd209c567a89c3d88e1",
        },
        "household": {
            "vacuum_cleaner.ogg": (
                "c21cb0ff5c2f9ccf1193b709e18680c9eabb36ae8c3d689440320fd3ad916e81"
            ),
            "toilet.ogg": "b4f83d103a1b45dd0f0d4ff866fef98ecf74f0d2721a6ca8f27df11f0a5be78d",
        },
        "household/tools": {
            "hammer.ogg": "84fc4373b20e6c679482d91da67f83fce28c555880dc06dd215ea49bdd50c497",
            "saw.ogg": "9ed3000dfdebcc66ff66800bb1e681e6a2aecfb3af75999a330997892391c47a",
        },
        "hobbies/music/string": {
            "cello.ogg": "aa9d9a65829c38dbe7a2375b47ae1b8a42975b483e5e369d8afdadc5a2834e10",
            "violin.ogg": "ec3abefeebeb81d90901aabf2be6aa7163e7f10c6c83c088edeb21e3277fcac8",
        },
        "hobbies/music/percussion": {
            "cymbal_crash.ogg": "e7496a6734cfde9a03ae29349fe0bb44ad7ad741e25cdcc408bb4ff329668c4b",
            "drumkit.ogg": "5d11349616c0116027461a0240bcfc87b1209699d012cbd7c91eb1caef33dcae",
        },
        "vehicles/emergency": {
            "firetruck.ogg": "b9fd965158eea9382e5b17aa114c205ef982023ea978275d8ac555ba3e1cac4c",
        },
        "naturalforces": {
            "lightningbolt.ogg": "a7df71be40ec684588924de6fed114a9e7e751f36e011c7fb9b338acfd80e9d2",
        },
        "household/arttools": {
            "scissors_small_open.ogg": (
                "f81bd3fd20eb5c01fc1d3c461c19ab213d87993c43acd9ff91e20a33bc2bcb40"
            ),
        },
    },
)
STAMP_NAMES: Mapping[str, tuple[str, ...]] = {
    "animals/insects/bee.ogg": ("a bee", "uma abelha", "una abeja", "une abeille"),
    "animals/insects/hornet.ogg": ("a bee", "uma abelha", "una abeja", "une abeille"),
    "animals/insects/mosquito.ogg": ("a mosquito", "um mosquito", "un moustique", "eine Mücke"),
    "animals/amphibians/frog.ogg": ("a frog", "uma rã", "una rana", "ein Frosch"),
    "animals/mammals/pig.ogg": ("a pig", "um porco", "un cerdo", "ein Schwein"),
    "animals/mammals/equines/horse.ogg": ("a horse", "um cavalo", "un caballo", "Pferd"),
    "animals/mammals/equines/donkey.ogg": ("a donkey", "um burro"),
    "animals/mammals/bovines/sheep.ogg": ("sheep", "uma ovelha", "una oveja", "ein Schaf"),
    "animals/mammals/bovines/sheep_lamb.ogg": ("sheep", "uma ovelha", "una oveja", "ein Schaf"),
    "animals/mammals/bovines/cow.ogg": ("a cow", "uma vaca", "une vache", "eine Kuh"),
    "animals/mammals/bovines/cow_white.ogg": ("a cow", "uma vaca", "une vache", "eine Kuh"),
    "animals/mammals/bovines/goat.ogg": ("a goat", "uma cabra", "une chèvre", "eine Ziege"),
    "animals/mammals/dogs/dog.ogg": ("a dog", "um cão a ladrar", "un perro", "ein bellender Hund"),
    "animals/mammals/cats/lion.ogg": ("a lion roaring", "um leão a rugir"),
    "animals/birds/crow.ogg": ("a crow", "um corvo", "un cuervo", "eine Krähe"),
    "animals/birds/gander.ogg": ("a goose", "um ganso", "une oie", "Gans"),
    "animals/birds/duck.ogg": ("a duck", "um pato", "un canard", "Ente"),
    "animals/birds/drake.ogg": ("a duck", "um pato", "un canard", "Ente"),
    "animals/birds/rooster.ogg": ("a rooster", "um galo", "un gallo", "coq"),
    "animals/birds/hen.ogg": ("a hen", "uma galinha", "une poule", "Huhn"),
    "animals/birds/owl.ogg": ("an owl", "uma coruja", "un búho", "un hibou"),
    "animals/birds/turkey.ogg": ("a turkey gobbling", "um peru"),
    "animals/birds/blackbird.ogg": ("birds singing", "um pássaro", "pájaros", "Vögel"),
    "animals/birds/lark.ogg": ("birds singing", "um pássaro", "pájaros", "Vögel"),
    "animals/mammals/elephant.ogg": ("an elephant", "um elefante"),
    "animals/mammals/aquatic/whale.ogg": ("a whale", "uma baleia"),
    "hobbies/camera_35mm.ogg": ("a camera shutter", "o disparo de uma máquina fotográfica"),
    "seasonal/newyears/fireworks.ogg": ("fireworks", "fogo de artifício", "Feuerwerk"),
    "household/vacuum_cleaner.ogg": (
        "a vacuum cleaner",
        "um aspirador",
        "un aspirateur",
        "ein Staubsauger",
    ),
    "household/toilet.ogg": ("a toilet flushing", "um autoclismo"),
    "household/tools/hammer.ogg": ("a hammer", "um martelo", "un marteau", "ein Hammer"),
    "household/tools/saw.ogg": ("a saw", "um serrote"),
    "hobbies/music/string/cello.ogg": ("a cello", "um violoncelo"),
    "hobbies/music/string/violin.ogg": ("a violin", "um violino", "un violon", "eine Geige"),
    "hobbies/music/percussion/cymbal_crash.ogg": ("a cymbal", "um prato de bateria"),
    "hobbies/music/percussion/drumkit.ogg": ("a drum kit", "uma bateria"),
    "vehicles/emergency/firetruck.ogg": ("a siren", "uma sirene", "una sirena", "eine Sirene"),
    "naturalforces/lightningbolt.ogg": ("thunder", "um trovão", "un trueno", "ein Donner"),
    "household/arttools/scissors_small_open.ogg": ("scissors", "uma tesoura"),
}
"""What people call each sound, in several languages; written down before any was listened for."""
