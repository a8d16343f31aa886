"""Pronunciation of English words that no dictionary has, guessed letter by letter.

Source: Park & Kim, "g2p_en" 2.1.0 (Apache-2.0), a GRU encoder and decoder trained on CMUdict; Cho
et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014), equations 5 to 8. Only
its weights are used.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tonmeister.audio import Samples
from tonmeister.models.letters import listed, pairs_of

__all__ = ["SpellingModel"]

LETTERS = {letter: number for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz", start=3)}
UNKNOWN_LETTER, LAST_LETTER = 1, 2
FIRST_SOUND, LAST_SOUND = 2, 3
LONGEST = 40
"""Sounds of a word at most."""

_SOUNDS = listed(
    "AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH EH0 EH1 "
    "EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG OW0 OW1 OW2 OY0 "
    "OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH"
)
_STRESSES = {"0": "", "1": "ˈ", "2": "ˌ"}
_AMERICAN = pairs_of(
    "AA:ɑ AE:æ AH:ʌ AO:ɔ AW:W AY:I EH:ɛ ER:ɜɹ EY:A IH:ɪ IY:i OW:O OY:Y UH:ʊ UW:u B:b CH:ʧ D:d "
    "DH:ð F:f G:ɡ HH:h JH:ʤ K:k L:l M:m N:n NG:ŋ P:p R:ɹ S:s SH:ʃ T:t TH:θ V:v W:w Y:j Z:z "
    "ZH:ʒ"
)
_WEAK = {"AH": "ə", "ER": "əɹ"}
# Received pronunciation: longer vowels, and no r but before a vowel.
_BRITISH = (
    *(("ɜɹ", "ɜː"), ("ɑɹ", "ɑː"), ("ɔɹ", "ɔː"), ("O", "Q"), ("æ", "a"), ("ɑ", "ɒ"), ("ɒː", "ɑː")),
    *(("əɹ", "ə"), ("i", "iː"), ("u", "uː"), ("ɔ", "ɔː"), ("ːː", "ː")),
)


class SpellingModel:
    """Guesses the sounds of a word from its letters.

    Args:
        weights: File with the arrays of the network.
    """

    def __init__(self, weights: Path) -> None:
        with np.load(weights, allow_pickle=False) as arrays:
            self._arrays: Mapping[str, Samples] = {name: arrays[name] for name in arrays.files}

    def __call__(self, word: str, *, british: bool) -> str:
        """Return Kokoro's phonemes of a word.

        Args:
            word: Lower-case letters a to z.
            british: Received pronunciation instead of General American.
        """
        state = np.zeros(self._arrays["enc_w_hh"].shape[1], np.float32)
        for letter in [*(LETTERS.get(one, UNKNOWN_LETTER) for one in word), LAST_LETTER]:
            state = self._step("enc", letter, state)
        spoken, latest = "", FIRST_SOUND
        for _ in range(LONGEST):
            state = self._step("dec", latest, state)
            latest = int(np.argmax(self._arrays["fc_w"] @ state + self._arrays["fc_b"]))
            if latest <= LAST_SOUND:
                break
            spoken += _written(_SOUNDS[latest - 4])
        if british:
            for old, new in _BRITISH:
                spoken = spoken.replace(old, new)
        return spoken

    def _step(self, part: str, symbol: int, state: Samples) -> Samples:
        """Advance one gated recurrent unit by one symbol."""
        arrays, size = self._arrays, len(state)
        fresh = arrays[f"{part}_w_ih"] @ arrays[f"{part}_emb"][symbol] + arrays[f"{part}_b_ih"]
        kept = arrays[f"{part}_w_hh"] @ state + arrays[f"{part}_b_hh"]
        gates = 1.0 / (1.0 + np.exp(-(fresh[: 2 * size] + kept[: 2 * size])))
        reset, update = gates[:size], gates[size:]
        candidate = np.tanh(fresh[2 * size :] + reset * kept[2 * size :])
        return (1.0 - update) * candidate + update * state


def _written(sound: str) -> str:
    """Write a sound of CMUdict, such as "AH0", as Kokoro's phoneme with its stress."""
    plain, stress = sound.rstrip("012"), sound[-1]
    if stress == "0" and plain in _WEAK:
        return _WEAK[plain]
    return _STRESSES.get(stress, "") + _AMERICAN[plain]
