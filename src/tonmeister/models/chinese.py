"""Chinese text to the phonemes Kokoro was trained on (the extra "chinese").

Words are found by jieba's dictionary and read by pypinyin's, which knows how a character sounds in
a word; tones are those of the dictionary, as in Kokoro's training: tone sandhi is the network's.

Source of the alphabet: misaki 0.9.4 (hexgrad, Apache-2.0), ``zh.py``, version 1.0; of the sounds,
Duanmu, "The Phonology of Standard Chinese" (2007), and Lin, "The Sounds of Chinese" (2007).
"""

import re
from collections.abc import Callable

from tonmeister.models.letters import pairs_of

__all__ = ["Chinese"]

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003134f"
_PARTS = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<latin>[A-Za-zÀ-ÿ]+(?:[-'’][A-Za-zÀ-ÿ]+)*)|.", re.DOTALL
)

MARKS = {
    **pairs_of("、:, ，:, 。:. ．:. ！:! ？:? ；:; …:… —:— ～:— 〜:— ·:"),
    **pairs_of("「:“ 」:” 『:“ 』:” 《:“ 》:” 〈:“ 〉:” 【:“ 】:” ［:“ ］:” （:( ）:) «:“ »:”"),
    "：": ":",
}
"""Marks of East Asian text, each as the mark Kokoro knows."""

_INITIALS = pairs_of(
    "b:p p:pʰ m:m f:f d:t t:tʰ n:n l:l g:k k:kʰ h:x j:ʨ q:ʨʰ x:ɕ zh:ꭧ ch:ꭧʰ sh:ʂ r:ɻ z:ʦ c:ʦʰ s:s"
)
# "0" is where the tone is marked.
_FINALS = pairs_of(
    "a:a0 ai:ai0 an:a0n ang:a0ŋ ao:au0 e:ɤ0 ei:ei0 en:ə0n eng:ə0ŋ "
    "i:i0 ia:ja0 ian:jɛ0n iang:ja0ŋ iao:jau0 ie:je0 in:i0n iou:jou0 ing:i0ŋ iong:jʊ0ŋ "
    "ong:ʊ0ŋ ou:ou0 u:u0 uei:wei0 ua:wa0 uai:wai0 uan:wa0n uen:wə0n uang:wa0ŋ ueng:wə0ŋ uo:wo0 "
    "o:wo0 v:y0 ve:ɥe0 van:ɥɛ0n vn:y0n"
)
_WHOLE = pairs_of("hm:hm0 hng:hŋ0 m:m0 n:n0 ng:ŋ0 io:jɔ0 ê:ɛ0 er:ɚ0 o:ɔ0")
"""Syllables without a vowel of their own, and cries."""

_BUZZED = frozenset({"zh", "ch", "sh", "r", "z", "c", "s"})
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}


class Chinese:
    """Reads Chinese text.

    Args:
        latin: Reads the Latin words of a text.

    Raises:
        ImportError: The extra "chinese" is not installed.
    """

    def __init__(self, latin: Callable[[str], str]) -> None:
        import rjieba
        from pypinyin import Style, lazy_pinyin

        self._latin = latin
        self._words: Callable[[str], list[str]] = rjieba.cut

        def pinyin(word: str) -> list[str]:
            # A character without a reading comes back as it is, and is no syllable.
            return lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)

        self._pinyin = pinyin

    def __call__(self, text: str) -> str:
        """Return the phonemes of a text, its marks kept.

        Args:
            text: Chinese characters of either script, Latin words and marks; no digits.
        """
        spoken: list[str] = []
        for part in _PARTS.finditer(text):
            if part["han"]:
                words = (
                    "".join(map(syllable, self._pinyin(word))) for word in self._words(part[0])
                )
                spoken.append(f" {' '.join(word for word in words if word)} ")
            elif part["latin"]:
                spoken.append(f" {self._latin(part[0])} ")
            else:
                spoken.append(MARKS.get(part[0], part[0]))
        return spaced("".join(spoken))


def spaced(phonemes: str) -> str:
    """Return phonemes with one space between words, none before a mark, and one after it.

    Args:
        phonemes: Words and marks with any spaces.
    """
    phonemes = re.sub(r"\s*([;:,.!?…”)])\s*", r"\1 ", phonemes)
    phonemes = re.sub(r"\s*([“(])\s*", r" \1", phonemes)
    phonemes = re.sub(r"([;:,.!?…”)]) (?=[;:,.!?…”)])", r"\1", phonemes)
    return " ".join(phonemes.split())


def syllable(pinyin: str) -> str:
    """Return the phonemes of a syllable; nothing of what is none.

    Args:
        pinyin: Letters and tone, such as "zhong1" or "lv4"; 5 is the neutral tone.
    """
    from pypinyin.contrib.tone_convert import to_finals, to_initials

    letters, tone = pinyin[:-1], _TONES.get(pinyin[-1:])
    if tone is None:
        return ""
    if letters in _WHOLE:
        return _WHOLE[letters].replace("0", tone)
    initial, final = to_initials(letters, strict=True), to_finals(letters, strict=True)
    sound = "ɨ0" if initial in _BUZZED and final == "i" else _FINALS.get(final)
    if sound is None or (initial and initial not in _INITIALS):
        return ""
    return _INITIALS.get(initial, "") + sound.replace("0", tone)
