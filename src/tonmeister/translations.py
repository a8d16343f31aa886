"""Sentences that tools, models and assignment say in English, and their Portuguese.

A pattern has ``{}`` where values stand; the translation takes them by number. What is not listed
here, such as a sentence of a plug-in, is passed on as it is.
"""

import re
from functools import cache

from tonmeister.speech_translations import SPOKEN

__all__ = ["PORTUGUESE", "in_words"]

PORTUGUESE: tuple[tuple[str, str], ...] = (
    (
        "Low fidelity: only average pitch and timbre are matched, so it resembles the reference "
        "without being mistaken for it.",
        "Baixa fidelidade: só o tom e o timbre médios são igualados; parece-se com a referência, "
        "mas não se confunde com ela.",
    ),
    (
        "OpenVoice works at 22.05 kHz: nothing above 11 kHz is left.",
        "O OpenVoice trabalha a 22,05 kHz: acima de 11 kHz não fica nada.",
    ),
    (
        "No voiced speech was found in the recording; it is unchanged.",
        "Não se encontrou voz na gravação; ela fica como estava.",
    ),
    (
        "The stereo recording was mixed to mono: one source is placed.",
        "A gravação estéreo foi misturada para mono: coloca-se uma só fonte.",
    ),
    (
        "Turned down by {} dB, because so near it would have been too loud for a file.",
        "Baixado {0} dB, porque de tão perto seria alto demais para um arquivo.",
    ),
    (
        "Imitating a voice needs the consent of the person it belongs to; {}.",
        "Imitar uma voz exige o consentimento da pessoa a quem pertence; {0}.",
    ),
    (
        "The reference recording of {} s holds no speech; a voice is expected.",
        "A gravação de referência de {0} s não tem fala; espera-se uma voz.",
    ),
    (
        "The reference recording of {} s holds {} s of speech; {} s or more are expected.",
        "A gravação de referência de {0} s tem {1} s de fala; esperam-se {2} s ou mais.",
    ),
    (
        "The gap from {} to {} was filled by autoregressive interpolation.",
        "A falha de {0} a {1} foi preenchida por interpolação autorregressiva.",
    ),
    (
        "The gap from {} to {} was filled with the passage at {} s, whose edges are alike to {} "
        "(1.00 is the same sound).",
        "A falha de {0} a {1} foi preenchida com o trecho que começa aos {2} s, cujas margens têm "
        "uma semelhança de {3} (1.00 é o mesmo som).",
    ),
    ("No passage fits well: listen to the place.", "Nenhum trecho serve bem: ouve esse lugar."),
    (
        "What is around the gap is silent, and so is what was filled in.",
        "O que está à volta da falha é silêncio, e o que a preenche também.",
    ),
    ("No clipping was found.", "Não se encontrou saturação."),
    (
        "{} samples in {} place were cut off at {} dBFS; their peaks were drawn anew from what is "
        "around them.",
        "{0} amostras em {1} lugar estavam cortadas a {2} dBFS; os seus picos foram refeitos com o "
        "que está à volta.",
    ),
    (
        "{} samples in {} places were cut off at {} dBFS; their peaks were drawn anew from what is "
        "around them.",
        "{0} amostras em {1} lugares estavam cortadas a {2} dBFS; os seus picos foram refeitos com "
        "o que está à volta.",
    ),
    (
        "All of it was turned down by {} dB, so that nothing clips again.",
        "Tudo foi baixado {0} dB, para que nada volte a saturar.",
    ),
    ("No clicks were found.", "Não se encontraram estalidos."),
    ("1 click was filled in.", "Foi preenchido 1 estalido."),
    ("{} clicks were filled in.", "Foram preenchidos {0} estalidos."),
    (
        "Hum can be told from a voice only in {} s or more.",
        "Só em {0} s ou mais se distingue um zumbido de uma voz.",
    ),
    ("No mains hum was found.", "Não se encontrou zumbido da corrente."),
    (
        "A hum of {} Hz was removed, with lines at {} Hz.",
        "Foi retirado um zumbido de {0} Hz, com linhas a {1} Hz.",
    ),
    ("the only one that fits", "o único que serve"),
    ("asked for by name", "pedido pelo nome"),
    ("installed", "já instalado"),
    ("signal processing", "processamento de sinal"),
    ("best quality of {}", "a melhor qualidade entre {0}"),
    ("best speed of {}", "o mais rápido entre {0}"),
    ("not transcribed back", "não foi transcrito de volta"),
    ("the result is silent", "o resultado é silêncio"),
    (
        "A limiter held peaks under {} dBTP, by up to {} dB.",
        "Um limitador segurou os picos abaixo de {0} dBTP, em até {1} dB.",
    ),
    (
        "The result has {} LUFS: {} LUFS under a ceiling of {} dBTP would need more than {} dB of "
        "limiting.",
        "O resultado tem {0} LUFS: {1} LUFS com picos até {2} dBTP exigiriam mais de {3} dB de "
        "limitação.",
    ),
    (
        "With {} dB, peaks would exceed full scale by {} dB; a limiter held them under {} dBTP.",
        "Com {0} dB, os picos passariam do máximo em {1} dB; um limitador segurou-os em {2} dBTP.",
    ),
    (
        "{} cannot hold {} Hz; the file has {} Hz.",
        "{0} não comporta {1} Hz; o arquivo tem {2} Hz.",
    ),
    (
        "Peaks exceed full scale by {} dB and were clipped, as {} files are played no louder; "
        "change_gain before saving avoids it.",
        "Os picos passam do máximo em {0} dB e foram cortados, como em todo arquivo {1}; baixar o "
        "volume antes de guardar evita isso.",
    ),
    (
        "The file exceeds 4 GB and is therefore written as RF64 (EBU Tech 3306).",
        "O arquivo passa de 4 GB e por isso foi escrito como RF64 (EBU Tech 3306).",
    ),
    (
        "The transcript is empty: nothing was said, so the file is empty.",
        "A transcrição está vazia: nada foi dito, por isso o arquivo está vazio.",
    ),
    ("The factor is 1, so nothing was changed.", "O fator é 1, por isso nada mudou."),
    (
        "0 semitones were asked for, so nothing was changed.",
        "Pediram-se 0 semitons, por isso nada mudou.",
    ),
    (
        "No silence longer than {} s was found; nothing was cut.",
        "Não há silêncio com mais de {0} s; nada foi cortado.",
    ),
    ("The recording already has {} Hz.", "A gravação já tem {0} Hz."),
    ("The recording is already mono.", "A gravação já é mono."),
    (
        "The language seems to be '{}' ({} sure).",
        "A língua parece ser '{0}' ({1} de certeza).",
    ),
    (
        "The language of the text was not clear; it is read as English.",
        "A língua do texto não ficou clara; é lido como inglês.",
    ),
    (
        "The document says that its language is '{}', but it is {}; it is read as such.",
        "O documento diz que a sua língua é '{0}', mas é {1}; é lido como tal.",
    ),
    (
        "{} of {} pages have no text, only pictures.",
        "{0} de {1} páginas só têm imagens, sem texto.",
    ),
    (
        "{} characters were unreadable and left out.",
        "{0} caracteres eram ilegíveis e ficaram de fora.",
    ),
    ("The text was taken for {}.", "O texto foi lido como sendo em {0}."),
    (
        "The model hears up to 8 kHz; above, hiss is turned down as far as from 4 to 8 kHz.",
        "O modelo ouve até 8 kHz; acima, o chiado baixa tanto quanto de 4 a 8 kHz.",
    ),
    ("The recording breaks off after {} s.", "A gravação interrompe-se aos {0} s."),
    (
        "{} s in between are missing; there is silence instead.",
        "Faltam {0} s no meio; há silêncio no lugar.",
    ),
    ("Damaged parts were left out: {}.", "Partes danificadas ficaram de fora: {0}."),
    (
        "Its header promises {} bytes and the file has {}.",
        "O cabeçalho promete {0} bytes e o arquivo tem {1}.",
    ),
    (
        "The header promises {} s; the file breaks off after {} s.",
        "O cabeçalho promete {0} s; o arquivo interrompe-se aos {1} s.",
    ),
    (
        "{} samples were NaN or infinite and became zero.",
        "{0} amostras eram inválidas e passaram a zero.",
    ),
)


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, english.split("{}")))), portuguese)
        for english, portuguese in (*PORTUGUESE, *SPOKEN)
    )


def in_words(language: str, sentence: str) -> str:
    """Return a sentence of a tool, a model or an assignment in a language.

    Args:
        language: "en" or "pt".
        sentence: One or more sentences in English.
    """
    if language != "pt":
        return sentence
    return " ".join(_translated(part) for part in re.split(r"(?<=\.) (?=[A-Z])", sentence))


def _translated(sentence: str) -> str:
    for pattern, portuguese in _compiled():
        match = pattern.fullmatch(sentence)
        if match:
            return portuguese.format(*match.groups())
    return sentence
