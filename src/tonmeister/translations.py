"""Sentences that tools, models and assignment say in English, and their Portuguese.

A pattern has ``{}`` where values stand; the translation takes them by number. What is not listed
here, such as a sentence of a plug-in, is passed on as it is.
"""

import re
from functools import cache

from tonmeister.error_translations import ERRORS
from tonmeister.recipe_translations import RECIPES
from tonmeister.sound_translations import SOUNDS, sounds_named
from tonmeister.speech_translations import LANGUAGE_NAMES, SPEECH

__all__ = ["PORTUGUESE", "in_words"]

KNOWN_BEGINNING = 10
"""Letters before the first value from which a pattern may hold more than one sentence."""

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
        "A built-in voice reads; its tone colour is exchanged. Accent and melody are its own.",
        "Uma voz incluída lê, e troca-se o seu timbre. O sotaque e a melodia são os dela.",
    ),
    (
        "No voiced speech was found in the recording; it is unchanged.",
        "Não se encontrou voz na gravação; ela fica como estava.",
    ),
    (
        "Turned down by {} dB, because so near it would have been too loud for a file.",
        "Baixado {0} dB, porque de tão perto seria alto demais para um arquivo.",
    ),
    (
        "The opinion of a language model that hears may be wrong; what was measured stands first.",
        "A opinião de um modelo de linguagem que ouve pode estar errada; o que se mediu vem antes.",
    ),
    (
        "Qwen2-Audio heard {} pieces of {} s, each without the others: what it says holds for the "
        "piece alone.",
        "O Qwen2-Audio ouviu {0} pedaços de {1} s, cada um sem os outros: o que diz só vale para "
        "esse pedaço.",
    ),
    (
        "What was filled in is an estimate: no words or notes that were lost come back.",
        "O que se preencheu é uma estimativa: não voltam palavras nem notas perdidas.",
    ),
    (
        "The gap from {} to {} s was filled by Stable Audio Open with sound that nobody recorded; "
        "its version of what is beside the gap is alike to {} (1.00 is the same sound).",
        "A falha de {0} a {1} s foi preenchida pelo Stable Audio Open com som que ninguém gravou; "
        "a sua versão do que está ao lado da falha tem uma semelhança de {2} (1.00 é o mesmo som).",
    ),
    ("It fits badly: listen to the place.", "Encaixa mal: ouve o sítio."),
    (
        "The gap lasts {} s; at most {} s can be filled from what is around it.",
        "A falha dura {0} s; no máximo {1} s podem ser preenchidos com o que está à volta.",
    ),
    (
        "A generative model fills longer gaps: `tonmeister models pull stable-audio-open-1.0`, "
        "then say 'with Stable Audio'; or fill a part of it, or cut it out with remove_part.",
        "Um modelo generativo preenche falhas mais longas: `tonmeister models pull "
        "stable-audio-open-1.0` e diz 'com o Stable Audio'; ou preenche uma parte, ou corta-a com "
        "remove_part.",
    ),
    ("the only one that fits", "o único que serve"),
    ("it is not one short paragraph of plain words", "não são um parágrafo curto de texto simples"),
    ("it quotes “{}”, which stands nowhere in the facts", "citam “{0}”, que não está nos factos"),
    (
        "it says “{}” as its own, which somebody says in the recording",
        "dizem “{0}” como se fosse assim, quando é só dito na gravação",
    ),
    ("it says {}, which was not measured", "dizem {0}, que não se mediu"),
    ("it does not say {} where the answer does", "não dizem {0} onde a resposta o diz"),
    (
        "it denies what the answer says, or says what the answer denies",
        "negam o que a resposta diz, ou dizem o que a resposta nega",
    ),
    ("it compares otherwise than the answer", "comparam de outro modo do que a resposta"),
    ("it tells of “{}”, which was not measured", "falam de “{0}”, que não se mediu"),
    ("asked for by name", "pedido pelo nome"),
    ("installed", "já instalado"),
    ("signal processing", "processamento de sinal"),
    ("best quality of {}", "a melhor qualidade entre {0}"),
    ("best speed of {}", "o mais rápido entre {0}"),
    ("not transcribed back", "não foi transcrito de volta"),
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
    (
        "Everything was turned down by {} dB, because it would have clipped.",
        "Tudo foi baixado {0} dB, porque teria saturado.",
    ),
    (
        "The band at {} Hz was left out: the recording ends at {} Hz.",
        "A banda em {0} Hz ficou de fora: a gravação acaba em {1} Hz.",
    ),
    (
        "Nothing reaches the threshold of {} dBFS, so nothing was changed.",
        "Nada chega ao limiar de {0} dBFS, por isso nada mudou.",
    ),
    (
        "What is above {} dBFS was turned down.",
        "Baixou-se o que passa de {0} dBFS.",
    ),
    (
        "Peaks were turned down by up to {} dB.",
        "Os picos foram baixados em até {0} dB.",
    ),
    (
        "Everything was turned up by {} dB, to be as loud as before.",
        "Tudo foi subido {0} dB, para soar tão alto como antes.",
    ),
    (
        "A limiter held the beginnings of loud sounds under {} dBTP.",
        "Um limitador segurou o início dos sons altos abaixo de {0} dBTP.",
    ),
    (
        "No peak reaches {} dBTP, so the limiter had nothing to do.",
        "Nenhum pico chega a {0} dBTP, por isso o limitador não teve que fazer.",
    ),
    (
        "Peaks were held under {} dBTP, by up to {} dB.",
        "Os picos foram segurados abaixo de {0} dBTP, em até {1} dB.",
    ),
    (
        "The recording is silent, so there is nothing to gate.",
        "A gravação é silêncio, por isso não há o que fechar.",
    ),
    (
        "The gate opens at {} dBFS.",
        "O gate abre em {0} dBFS.",
    ),
    (
        "The level never stays under {} dBFS, where this gate closes, for {} s, so nothing was "
        "turned down; a higher threshold turns down more.",
        "O nível nunca fica abaixo de {0} dBFS, onde este gate fecha, durante {1} s, por isso nada "
        "foi baixado; um limiar mais alto baixa mais.",
    ),
    (
        "The recording ends at {} Hz, below the hiss at {} Hz; nothing was changed.",
        "A gravação acaba em {0} Hz, abaixo dos esses em {1} Hz; nada mudou.",
    ),
    (
        "No sharp s sounds were found; nothing was changed.",
        "Não se encontraram esses agressivos; nada mudou.",
    ),
    (
        "Sharp s sounds were turned down by up to {} dB.",
        "Os esses agressivos foram baixados em até {0} dB.",
    ),
    (
        "The recording is mono, so it has no width; nothing was changed.",
        "A gravação é mono, por isso não tem largura; nada mudou.",
    ),
    (
        "One has {} and the other {} channels: tone and difference are of their mono sums.",
        "Uma tem {0} canais e a outra {1}: o timbre e a diferença são das somas em mono.",
    ),
    (
        "The second was converted from {} to {} Hz.",
        "A segunda foi convertida de {0} para {1} Hz.",
    ),
    (
        "One of them is silent or shorter than 0.4 s: loudness cannot be compared.",
        "Uma delas é silêncio ou dura menos de 0,4 s: a sonoridade não se pode comparar.",
    ),
    (
        "Both are equally loud.",
        "As duas soam igualmente alto.",
    ),
    (
        "The second is louder by {} LU.",
        "A segunda soa {0} LU mais alto.",
    ),
    (
        "The first is louder by {} LU.",
        "A primeira soa {0} LU mais alto.",
    ),
    (
        "At equal loudness their tone differs most around {} Hz: the second has {} dB there.",
        "Com a mesma sonoridade, o timbre difere mais à volta de {0} Hz: a segunda tem aí {1} dB.",
    ),
    (
        "They do not line up: they are different sounds, or too much was changed.",
        "Não se deixam alinhar: são sons diferentes, ou mudou demais.",
    ),
    (
        "The difference is that of their beginnings.",
        "A diferença é a dos seus inícios.",
    ),
    (
        "The second is {} ms later; they were brought to the same time.",
        "A segunda está {0} ms atrasada; foram postas no mesmo tempo.",
    ),
    (
        "The second is {} ms earlier; they were brought to the same time.",
        "A segunda está {0} ms adiantada; foram postas no mesmo tempo.",
    ),
    (
        "The second is turned upside down; it was turned back for the difference.",
        "A segunda tem a polaridade invertida; foi endireitada para a diferença.",
    ),
    (
        "They last {} and {} s; what both have was compared.",
        "Duram {0} e {1} s; comparou-se o que ambas têm.",
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
    (
        "The channels of the recording were mixed to one: one source is placed.",
        "Os canais da gravação foram misturados num só: coloca-se uma só fonte.",
    ),
    (
        "Channels were mixed to one: each recording is one source.",
        "Os canais foram misturados num só: cada gravação é uma fonte.",
    ),
)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str], str, bool], ...]:
    """Return beginning, pattern, Portuguese, and whether its values name sounds."""
    return tuple(
        (
            english.partition("{}")[0],
            re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL),
            portuguese,
            row < len(SOUNDS),
        )
        for row, (english, portuguese) in enumerate(
            (*SOUNDS, *SPEECH, *ERRORS, *RECIPES, *PORTUGUESE)
        )
    )


def in_words(language: str, sentence: str) -> str:
    """Return a sentence of a tool, a model or an assignment in a language.

    Args:
        language: "en" or "pt".
        sentence: One or more sentences in English.
    """
    if language != "pt":
        return sentence
    parts = re.split(r"(?<=[.?]) (?=[A-Z])", sentence)
    said: list[str] = []
    while parts:
        # What is quoted in a sentence may hold a full stop, and some patterns are two sentences.
        for count in range(1, len(parts) + 1):
            translated = _translated(" ".join(parts[:count]), alone=count == 1)
            if translated is not None:
                said.append(translated)
                del parts[:count]
                break
        else:
            said.append(parts.pop(0))
    return " ".join(said)


def _translated(sentence: str, *, alone: bool) -> str | None:
    """Return one sentence, or with a known beginning several at once, in Portuguese."""
    for opening, pattern, portuguese, of_sounds in _compiled():
        if not alone and len(opening) < KNOWN_BEGINNING:
            continue
        match = pattern.fullmatch(sentence)
        if match:
            values = (LANGUAGE_NAMES.get(one, one) for one in match.groups())
            return portuguese.format(*(map(sounds_named, values) if of_sounds else values))
    return None
