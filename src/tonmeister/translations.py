"""Sentences that tools, models and assignment say in English, and their Portuguese.

A pattern has ``{}`` where values stand; the translation takes them by number. What is not listed
here, such as a sentence of a plug-in, is passed on as it is.
"""

import re
from functools import cache

from tonmeister.error_translations import ERRORS
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
        "The stereo recording was mixed to mono: one source is placed.",
        "A gravação estéreo foi misturada para mono: coloca-se uma só fonte.",
    ),
    (
        "Turned down by {} dB, because so near it would have been too loud for a file.",
        "Baixado {0} dB, porque de tão perto seria alto demais para um arquivo.",
    ),
    ("Seen in the picture: {}.", "Vê-se na imagem: {0}."),
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
        "Seen in the picture, in BLIP's words: “{}”.",
        "O que se vê na imagem, nas palavras do BLIP: “{0}”.",
    ),
    (
        "Nothing with a sound in the library is in BLIP's words: “{}”.",
        "Nas palavras do BLIP não há nada com som na biblioteca: “{0}”.",
    ),
    ("So the sound is: {}.", "Por isso o som é: {0}."),
    (
        "Nothing with a sound in the library is recognised in the picture; seen: {}.",
        "Na imagem não se reconhece nada com som na biblioteca; vê-se: {0}.",
    ),
    (
        "CLAP understands English; its confidence compares the words with five other sounds and "
        "was not calibrated.",
        "O CLAP entende inglês; a sua confiança compara as palavras com outros cinco sons e não "
        "foi calibrada.",
    ),
    ("Listened for: {}.", "Procurou-se: {0}."),
    (
        "Not there: the likeliest moment, at {} s, reaches a confidence of {}; {} is needed.",
        "Não está lá: o momento mais provável, aos {0} s, chega a uma confiança de {1}; é preciso "
        "{2}.",
    ),
    (
        "No sounds were heard, so the file lists none.",
        "Não se ouviram sons, por isso o arquivo não lista nenhum.",
    ),
    (
        "No sounds were heard, so the picture marks none.",
        "Não se ouviram sons, por isso a imagem não marca nenhum.",
    ),
    (
        "{} sounds were heard; the {} surest are drawn.",
        "Ouviram-se {0} sons; desenham-se os {1} mais certos.",
    ),
    (
        "Voice and music were parted as a song is; each may hold traces of the other.",
        "A voz e a música foram separadas como numa canção; cada uma pode ter restos da outra.",
    ),
    (
        "The voice was taken out of noise; several people who speak stay together.",
        "A voz foi tirada do ruído; várias pessoas que falam ficam juntas.",
    ),
    (
        "Other sounds at the same moment are not told apart and may be in it; the model audiosep "
        "is made to part them.",
        "Outros sons no mesmo momento não se distinguem e podem estar incluídos; o modelo audiosep "
        "foi feito para os separar.",
    ),
    (
        "What stands out from the background in that place was taken, whatever it is; where "
        "nothing else is near, all of it.",
        "Tirou-se o que sobressai do fundo nesse lugar, seja o que for; onde não há mais nada "
        "perto, tudo.",
    ),
    (
        "AudioSep takes what its network makes of the words; it does not tell when it is heard.",
        "O AudioSep tira o que a sua rede entende pelas palavras; não diz quando se ouve.",
    ),
    (
        "AudioSep hears up to 16 kHz: what is above stays in the rest.",
        "O AudioSep ouve até 16 kHz: o que está acima fica no resto.",
    ),
    (
        "Almost nothing was taken for '{}'; it may not be in the recording.",
        "Quase nada foi tirado por '{0}'; talvez não esteja na gravação.",
    ),
    (
        "What was taken for '{}' lies {} dB below the recording.",
        "O que foi tirado por '{0}' fica {1} dB abaixo da gravação.",
    ),
    (
        "AudioSep takes a sound by its words, up to 16 kHz; found description = '{}', low_hz = {}.",
        "O AudioSep tira um som pelas palavras, até 16 kHz; encontrou-se description = '{0}', "
        "low_hz = {1}.",
    ),
    (
        "The recording has {} s; this model listens to up to {} s.",
        "A gravação tem {0} s; este modelo ouve até {1} s.",
    ),
    (
        "AudioSep understands English; '{}' was read as '{}'.",
        "O AudioSep entende inglês; '{0}' foi lido como '{1}'.",
    ),
    (
        "'{}' was not found there, so its place alone decided.",
        "'{0}' não se encontrou aí, por isso só o lugar decidiu.",
    ),
    ("{} was found at {} s.", "{0}: encontrado em {1} s."),
    ("{} was found at {} s and {} more.", "{0}: encontrado em {1} s e mais {2} vezes."),
    ("Recordings used: {}.", "Gravações usadas: {0}."),
    ("Calculated, not recorded: {}.", "Calculado, não gravado: {0}."),
    (
        "For '{}' the nearest recording is '{}'; it may not be what was meant.",
        "Para '{0}' a gravação mais próxima é '{1}'; pode não ser o que se queria.",
    ),
    (
        "Nothing in the library sounds like '{}', so it was left out.",
        "Nada na biblioteca soa a '{0}', por isso ficou de fora.",
    ),
    (
        "'{}' is hard to hear among the rest: a search of the result may not find it.",
        "'{0}' ouve-se mal entre o resto: uma procura no resultado pode não o encontrar.",
    ),
    (
        "Say what is to be heard instead: generate_sound makes it from words.",
        "Diga antes o que se deve ouvir: generate_sound faz o som a partir de palavras.",
    ),
    (
        "Asked for {} times '{}'; {} are counted in the result.",
        "Pedido {0} vezes '{1}'; no resultado contam-se {2}.",
    ),
    (
        "'{}' goes on without pauses, so it cannot be made a number of times.",
        "'{0}' não tem pausas, pelo que não se pode fazer um número de vezes.",
    ),
    (
        "YAMNet, which listened to the result, did not recognise '{}' in it.",
        "O YAMNet, que ouviu o resultado, não reconheceu nele '{0}'.",
    ),
    (
        "The whole was turned down by {} dB, so that it does not clip.",
        "O todo foi baixado {0} dB, para não saturar.",
    ),
    (
        "Before you share it: CC-BY-3.0: name the author when you share the result.",
        "Antes de partilhar: CC-BY-3.0: indica o autor quando partilhares o resultado.",
    ),
    (
        "Before you share it: CC-BY-SA-3.0: name the author; share the result under CC BY-SA 3.0 "
        "or a later version of it.",
        "Antes de partilhar: CC-BY-SA-3.0: indica o autor; partilha o resultado sob CC BY-SA 3.0 "
        "ou uma versão posterior.",
    ),
    (
        "Before you share it: GPL-2.0-or-later OR CC-BY-SA-2.0: name the author; share the result "
        "under GPL 2 or later, or CC BY-SA 2.0 or later.",
        "Antes de partilhar: GPL-2.0-or-later OR CC-BY-SA-2.0: indica o autor; partilha o "
        "resultado sob GPL 2 ou posterior, ou CC BY-SA 2.0 ou posterior.",
    ),
    (
        "Before you share it: GPL-2.0-or-later: share the result under GPL 2 or later.",
        "Antes de partilhar: GPL-2.0-or-later: partilha o resultado sob GPL 2 ou posterior.",
    ),
    (
        "Before you share it: GPL and CC BY-SA 3.0 ask for different terms, so keep this result to "
        "yourself, or make it again with another seed or other words.",
        "Antes de partilhar: a GPL e a CC BY-SA 3.0 pedem termos diferentes; guarda este resultado "
        "só para ti, ou volta a fazê-lo com outra semente ou outras palavras.",
    ),
    (
        "Nothing in the library of sounds fits '{}'.",
        "Nada na biblioteca de sons serve para '{0}'.",
    ),
    (
        "The nearest are: {}. `tonmeister sounds` lists all. A model may make it out of words: say "
        "'with Stable Audio' (stable-audio-open-1.0) or 'with AudioLDM' (audioldm2).",
        "Os mais próximos são: {0}. `tonmeister sounds` lista todos. Talvez um modelo o faça a "
        "partir de palavras: diz 'com o Stable Audio' (stable-audio-open-1.0) ou 'com o AudioLDM' "
        "(audioldm2).",
    ),
    (
        "{} made this sound out of words: nobody recorded it.",
        "O {0} fez este som a partir de palavras: ninguém o gravou.",
    ),
    (
        "{} makes {} s at most: the rest of the {} s is the same sound again, looped without a "
        "seam.",
        "O {0} faz {1} s no máximo: o resto dos {2} s é o mesmo som outra vez, sem emenda.",
    ),
    (
        "It was turned down by {} dB, so that it does not clip.",
        "Foi baixado {0} dB, para não saturar.",
    ),
    (
        "Nothing listened to the result; YAMNet would, after `tonmeister models pull "
        "sound-library`.",
        "Nada ouviu o resultado; o YAMNet ouviria, depois de `tonmeister models pull "
        "sound-library`.",
    ),
    (
        "YAMNet has no class for '{}', so nothing checked that it is heard.",
        "O YAMNet não tem classe para '{0}', por isso nada verificou se se ouve.",
    ),
    (
        "Stable Audio Open understands English; it was trained on sounds and music, not on speech.",
        "O Stable Audio Open percebe inglês; aprendeu com sons e música, não com fala.",
    ),
    (
        "AudioLDM 2 understands English; its sound is mono and ends at 8 kHz.",
        "O AudioLDM 2 percebe inglês; o seu som é mono e acaba nos 8 kHz.",
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
        "What is stereo was mixed to mono: each recording is one source.",
        "O que é estéreo foi misturado para mono: cada gravação é uma fonte.",
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
def _compiled() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    return tuple(
        (
            english.partition("{}")[0],
            re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL),
            portuguese,
        )
        for english, portuguese in (*SPEECH, *ERRORS, *PORTUGUESE)
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
    for opening, pattern, portuguese in _compiled():
        if not alone and len(opening) < KNOWN_BEGINNING:
            continue
        match = pattern.fullmatch(sentence)
        if match:
            return portuguese.format(*(LANGUAGE_NAMES.get(one, one) for one in match.groups()))
    return None
