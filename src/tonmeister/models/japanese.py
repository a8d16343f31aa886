"""Japanese text to the phonemes Kokoro was trained on (the extra "japanese").

Open JTalk finds words, readings and the forms that numbers take before what they count ("sanbon",
"hatsuka"); its katakana are spelled here in Kokoro's alphabet.

Source of the alphabet: misaki 0.9.4 (hexgrad, Apache-2.0), ``cutlet.py``; of the readings,
pyopenjtalk-plus (MIT) with its dictionary.
"""

import re
import unicodedata
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tonmeister.models.chinese import MARKS, spaced
from tonmeister.models.letters import pairs_of

__all__ = ["Japanese"]

_ROWS = {
    "": "ア:a イ:i ウ:ɯ エ:e オ:o ヤ:ja ユ:jɯ ヨ:jo ワ:βa ヰ:i ヱ:e ヲ:o イェ:je "
    "ウィ:βi ウェ:βe ウォ:βo ヴ:vɯ ヴァ:va ヴィ:vʲi ヴェ:ve ヴォ:vo ヴュ:bʲɨ "
    "ヷ:va ヸ:vʲi ヹ:ve ヺ:vo",
    "k": "カ:ka キ:kʲi ク:kɯ ケ:ke コ:ko クァ:kᵝa クィ:kᵝi クェ:kᵝe クォ:kᵝo クヮ:kᵝa キェ:kʲe",
    "g": "ガ:ɡa ギ:ɡʲi グ:ɡɯ ゲ:ɡe ゴ:ɡo グァ:ɡᵝa グィ:ɡᵝi グェ:ɡᵝe グォ:ɡᵝo グヮ:ɡᵝa ギェ:ɡʲe",
    "s": "サ:sa シ:ɕi ス:sɨ セ:se ソ:so シャ:ɕa シュ:ɕɨ ショ:ɕo シェ:ɕe スィ:si",
    "z": "ザ:ʣa ジ:ʥi ズ:zɨ ゼ:ʣe ゾ:ʣo ジャ:ʥa ジュ:ʥɨ ジョ:ʥo ジェ:ʥe ズィ:zi",
    "t": "タ:ta チ:ʨi ツ:ʦɨ テ:te ト:to チャ:ʨa チュ:ʨɨ チョ:ʨo チェ:ʨe ツァ:ʦa ツィ:ʦʲi "
    "ツェ:ʦe ツォ:ʦo ティ:tʲi テュ:tʲɨ トゥ:tɯ",
    "d": "ダ:da ヂ:ʥi ヅ:zɨ デ:de ド:do ヂャ:ʥa ヂュ:ʥɨ ヂョ:ʥo ディ:dʲi デュ:dʲɨ ドゥ:dɯ",
    "n": "ナ:na ニ:ɲi ヌ:nɯ ネ:ne ノ:no ニャ:ɲa ニュ:ɲɨ ニョ:ɲo ニェ:ɲe",
    "h": "ハ:ha ヒ:çi フ:ɸɯ ヘ:he ホ:ho ヒャ:ça ヒュ:çɨ ヒョ:ço ヒェ:çe "
    "ファ:ɸa フィ:ɸʲi フェ:ɸe フォ:ɸo フュ:ɸʲɨ フョ:ɸʲo",
    "b": "バ:ba ビ:bʲi ブ:bɯ ベ:be ボ:bo",
    "p": "パ:pa ピ:pʲi プ:pɯ ペ:pe ポ:po",
    "m": "マ:ma ミ:mʲi ム:mɯ メ:me モ:mo",
    "r": "ラ:ɾa リ:ɾʲi ル:ɾɯ レ:ɾe ロ:ɾo",
}
_PALATAL = pairs_of("キ:kʲ ギ:ɡʲ ビ:bʲ ピ:pʲ ミ:mʲ リ:ɾʲ")
_SMALL = str.maketrans("ァィゥェォャュョヮヵヶ", "アイウエオヤユヨワカケ")
_NASAL = (("mpb", "m"), ("kɡ", "ŋ"), ("ɲʨʥ", "ɲ"), ("ntdɾz", "n"))
"""First sounds of a mora, and what the syllabic nasal before them becomes."""

_HIRAGANA = re.compile(r"[\u3041-\u3096]")


def _kana() -> dict[str, str]:
    kana = {mora: sound for row in _ROWS.values() for mora, sound in pairs_of(row).items()}
    for mora, sound in _PALATAL.items():
        kana |= {f"{mora}ャ": f"{sound}a", f"{mora}ュ": f"{sound}ɨ", f"{mora}ョ": f"{sound}o"}
    return kana


KANA = _kana()
"""Morae in katakana, each with its phonemes."""


class Japanese:
    """Reads Japanese text.

    Raises:
        ImportError: The extra "japanese" is not installed.
    """

    def __init__(self) -> None:
        import pyopenjtalk

        self._words: Callable[[str], Sequence[Mapping[str, Any]]] = pyopenjtalk.run_frontend

    def __call__(self, text: str) -> str:
        """Return the phonemes of a text, its marks kept.

        Args:
            text: Kanji, kana, Latin words, digits and marks.
        """
        # Lines of a paragraph were joined by spaces; Japanese has none between words.
        text = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)
        spoken = ""
        for word in self._analysed(text) if text.strip() else ():
            marks = MARKS.get(str(word["string"]), str(word["string"]))
            if not word["mora_size"]:
                marks = unicodedata.normalize("NFKC", marks).replace("...", "…")
                spoken += "".join(MARKS.get(mark, mark) for mark in marks if not mark.isalnum())
                continue
            # What leans on the word before it, as "wa" or "mashita" do, is said with it.
            spoken += ("" if word["chain_flag"] == 1 else " ") + mora_sounds(str(word["pron"]))
        return spaced(_nasals(spoken))

    def _analysed(self, text: str) -> Sequence[Mapping[str, Any]]:
        with warnings.catch_warnings():
            # It opens its second dictionary in a way that SudachiPy 0.7 calls old.
            warnings.simplefilter("ignore", DeprecationWarning)
            return self._words(text)


def mora_sounds(katakana: str) -> str:
    """Return the phonemes of a reading; "ン" stays, for it depends on what follows.

    Args:
        katakana: Reading; "’" marks a whispered vowel and is left out.
    """
    spoken, place = "", 0
    katakana = katakana.replace("’", "")
    while place < len(katakana):
        two, one = katakana[place : place + 2], katakana[place]
        if len(two) == 2 and two in KANA:
            spoken += KANA[two]
            place += 2
            continue
        spoken += pairs_of("ッ:ʔ ー:ː ン:ン").get(one) or KANA.get(one.translate(_SMALL), "")
        place += 1
    return spoken


def _nasals(phonemes: str) -> str:
    def said(found: re.Match[str]) -> str:
        return next((nasal for sounds, nasal in _NASAL if found[1] and found[1] in sounds), "ɴ")

    return re.sub(r"ン(?=(\S?))", said, phonemes)
