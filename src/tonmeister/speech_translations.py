"""Sentences that the tools and models of speech say in English, and their Portuguese."""

__all__ = ["SPOKEN"]

SPOKEN: tuple[tuple[str, str], ...] = (
    # Editing and writing
    (
        "Everything was turned down by {} dB, because it would have clipped.",
        "Tudo foi baixado {0} dB, porque teria saturado.",
    ),
    (
        "No speakers are known for some of it; the file calls them UNKNOWN.",
        "De uma parte não se sabe quem fala; o arquivo chama-lhes UNKNOWN.",
    ),
    # Restoration
    (
        "There was nothing to extend: no sound that changes was found.",
        "Não havia nada a alargar: não se encontrou som que mude.",
    ),
    (
        "There was nothing to extend: the recording reaches {} kHz.",
        "Não havia nada a alargar: a gravação chega a {0} kHz.",
    ),
    (
        "Nothing was extended: the recording ends at {} kHz, and below {} kHz there is too little "
        "to estimate from.",
        "Nada foi alargado: a gravação acaba em {0} kHz, e abaixo de {1} kHz há muito pouco de que "
        "partir.",
    ),
    (
        "The recording ends at {} kHz; what is above is estimated from the band below.",
        "A gravação acaba em {0} kHz; o que está acima é estimado a partir da banda de baixo.",
    ),
    ("The result has {} Hz, to have room for it.", "O resultado tem {0} Hz, para que isso caiba."),
    (
        "The model hears up to 24 kHz; what lies above is left out.",
        "O modelo ouve até 24 kHz; o que está acima fica de fora.",
    ),
    (
        "No speech was found, so nothing could be measured about it.",
        "Não se encontrou fala, por isso nada se pôde medir sobre ela.",
    ),
    (
        "DNSMOS was measured on {} windows of 9 s spread over the recording.",
        "O DNSMOS foi medido em {0} janelas de 9 s espalhadas pela gravação.",
    ),
    # Transcripts
    (
        "No fillers were written down in this recording, so nothing was cut.",
        "Nenhuma hesitação ficou escrita nesta gravação, por isso nada foi cortado.",
    ),
    (
        "{} filler was cut, {} s in all; some may not have been recognised.",
        "Foi cortada {0} hesitação, {1} s ao todo; algumas podem não ter sido reconhecidas.",
    ),
    (
        "{} fillers were cut, {} s in all; some may not have been recognised.",
        "Foram cortadas {0} hesitações, {1} s ao todo; algumas podem não ter sido reconhecidas.",
    ),
    (
        "Left in, but perhaps misheard fillers or names: {}.",
        "Ficaram, mas talvez sejam hesitações ou nomes mal ouvidos: {0}.",
    ),
    (
        "The speech sounds like '{}' ({} sure), not like '{}', which was asked for; the words may "
        "be wrong or translated.",
        "A fala parece ser '{0}' ({1} de certeza), e não '{2}', como se pediu; as palavras podem "
        "estar erradas ou traduzidas.",
    ),
    (
        "Some stretches sound like another language: {}.",
        "Alguns trechos parecem ser de outra língua: {0}.",
    ),
    (
        "{} has no words to judge a language by.",
        "Não há palavras por onde julgar a língua.",
    ),
    (
        "{} does not tell its language clearly: perhaps '{}' ({}) or '{}' ({}).",
        "A língua não fica clara: talvez '{1}' ({2}) ou '{3}' ({4}).",
    ),
    (
        "Nobody speaks in this recording, so no word of the text has a place in it.",
        "Ninguém fala nesta gravação, por isso nenhuma palavra do texto tem lugar nela.",
    ),
    (
        "Text and speech differ in places ({} of the letters agree); there the times are "
        "estimates.",
        "O texto e a fala diferem em alguns pontos ({0} das letras coincidem); aí os tempos são "
        "estimados.",
    ),
    # Speakers
    ("Nobody was heard to speak in this recording.", "Não se ouve ninguém falar nesta gravação."),
    (
        "No speaker was found, so the transcript has no labels.",
        "Não se encontrou quem fala, por isso a transcrição não tem etiquetas.",
    ),
    (
        "For {} of {} segments no speaker was found; they have no label.",
        "Em {0} de {1} segmentos não se encontrou quem fala; ficam sem etiqueta.",
    ),
    (
        "{} speakers were asked for; only {} could be told apart.",
        "Pediram-se {0} oradores; só se distinguem {1}.",
    ),
    (
        "This model hears one person at a time: where people speak at once, one label is given.",
        "Este modelo ouve uma pessoa de cada vez: onde falam várias, há uma só etiqueta.",
    ),
    (
        "For {} s people speak at once; there their turns overlap.",
        "Durante {0} s falam várias pessoas ao mesmo tempo; aí as suas vezes sobrepõem-se.",
    ),
    (
        "The recordings are parted by turns: for {} s people speak at once, and both are heard in "
        "the recordings of both.",
        "As gravações são separadas por vezes de fala: durante {0} s falam várias pessoas ao mesmo "
        "tempo, e ouvem-se nas gravações de todas.",
    ),
    (
        "Two people are parted also where they talk at once; which of them is speaker_00 is "
        "chance, and the model hears up to 4 kHz, so the recordings sound like a telephone.",
        "Duas pessoas são separadas mesmo onde falam ao mesmo tempo; qual delas é speaker_00 é "
        "acaso, e o modelo ouve até 4 kHz, por isso as gravações soam a telefone.",
    ),
    (
        "The model hears up to 8 kHz; what is above is removed as far as noise is.",
        "O modelo ouve até 8 kHz; o que está acima é retirado tanto quanto o ruído.",
    ),
    (
        "Found {} s of speech; a voice is compared from {} s.",
        "Há {0} s de fala; uma voz compara-se a partir de {1} s.",
    ),
    (
        "This is a statistical comparison, not a proof of identity.",
        "Esta é uma comparação estatística, não uma prova de identidade.",
    ),
    (
        "Only {} s of speech were compared; more makes it surer.",
        "Só se compararam {0} s de fala; com mais, fica mais certo.",
    ),
    ("Not heard in this recording: {}.", "Não se ouve nesta gravação: {0}."),
    # Voices
    (
        "A built-in voice reads; its tone colour is exchanged.",
        "Uma voz incluída lê, e troca-se o seu timbre.",
    ),
    ("Accent and melody are its own.", "O sotaque e a melodia são os dela."),
    (
        "It clones nothing: it tells which built-in voice is closest, and what to install.",
        "Não clona nada: diz qual a voz incluída mais parecida, e o que instalar.",
    ),
    (
        "No model that clones voices is installed, so nothing was imitated.",
        "Não há nenhum modelo instalado que clone vozes, por isso nada foi imitado.",
    ),
    (
        "The closest built-in voice is {}, with a speaker similarity of {} (1.00 is the same "
        "voice).",
        "A voz incluída mais parecida é {0}, com uma semelhança de {1} (1.00 é a mesma voz).",
    ),
    (
        "The phonemes of this language come from espeak-ng (GPL-3.0).",
        "Os fonemas desta língua vêm do espeak-ng (GPL-3.0).",
    ),
    (
        "The voice reads letter by letter; write numbers and abbreviations out.",
        "A voz lê letra a letra; escreve números e abreviaturas por extenso.",
    ),
    (
        "The speakers have voices of their own: {}.",
        "Cada orador tem a sua voz: {0}.",
    ),
    # Translation and dubbing
    (
        "Portuguese comes mixed: mostly Brazilian, with European words now and then.",
        "O português sai misturado: quase sempre do Brasil, com palavras de Portugal aqui e ali.",
    ),
    (
        "In {} of {} sentences a number or the end may be missing; compare them with the original: "
        "{}.",
        "Em {0} de {1} frases pode faltar um número ou o fim; compara-as com o original: {2}.",
    ),
    (
        "The language of the text was not clear; it is read as {}.",
        "A língua do texto não ficou clara; é lido como {0}.",
    ),
    (
        "From {} the base model translates badly; a larger Whisper, or transcribe and "
        "translate_transcript with M2M100, does better.",
        "De {0} o modelo base traduz mal; um Whisper maior, ou transcribe e translate_transcript "
        "com o M2M100, faz melhor.",
    ),
    (
        "The base model of Whisper translates roughly: check names, numbers and idioms.",
        "O modelo base do Whisper traduz por alto: confere nomes, números e expressões.",
    ),
    ("The speech was taken for {} ({} sure).", "A fala foi tomada por {0} ({1} de certeza)."),
    ("The speech was taken for {}.", "A fala foi tomada por {0}."),
    (
        "Speech replaces the whole original sound, music and noise included.",
        "A fala substitui todo o som original, com a música e o ruído.",
    ),
    (
        "{} of {} segments are too long for their time even at {} times the usual speed and end "
        "up to {} s late; {} begin up to {} s late.",
        "{0} de {1} segmentos são longos demais para o seu tempo mesmo a {2} vezes a velocidade "
        "normal e acabam até {3} s tarde; {4} começam até {5} s tarde.",
    ),
    (
        "{} of {} segments are too long for their time even at {} times the usual speed and end "
        "up to {} s late.",
        "{0} de {1} segmentos são longos demais para o seu tempo mesmo a {2} vezes a velocidade "
        "normal e acabam até {3} s tarde.",
    ),
    ("Nothing was cut.", "Nada foi cortado."),
    (
        "The result is {} s longer than the recording.",
        "O resultado é {0} s mais longo do que a gravação.",
    ),
)
