"""What the tools for speech say in English, and their Portuguese; see ``translations``."""

__all__ = ["LANGUAGE_NAMES", "SPEECH"]

LANGUAGE_NAMES = {
    "English": "inglês",
    "Portuguese": "português",
    "Spanish": "espanhol",
    "French": "francês",
    "Italian": "italiano",
    "German": "alemão",
    "Dutch": "neerlandês",
    "Hindi": "hindi",
    "Japanese": "japonês",
    "Chinese": "chinês",
    "Russian": "russo",
    "Arabic": "árabe",
    "Polish": "polaco",
    "Turkish": "turco",
    "Ukrainian": "ucraniano",
    "Korean": "coreano",
    "Swedish": "sueco",
}
"""Names of languages as the English sentences have them."""

SPEECH: tuple[tuple[str, str], ...] = (
    ("Nobody was heard to speak in this recording.", "Não se ouviu ninguém falar nesta gravação."),
    (
        "This model hears one person at a time: where people speak at once, one label is given.",
        "Este modelo ouve uma pessoa de cada vez: onde falam várias ao mesmo tempo, fica uma só.",
    ),
    (
        "Found num_speakers = {}; expected 1 to {}.",
        "O número de pessoas pedido foi {0}; pode ser de 1 a {1}.",
    ),
    ("Leave it out, and the number is found.", "Sem o indicar, o número é encontrado."),
    (
        "{} speakers were asked for; only {} could be told apart.",
        "Pediram-se {0} pessoas; só {1} se distinguem.",
    ),
    (
        "{} speakers are listed because a number was given; the voices alone sound like {}: some "
        "of the labels are probably the same person.",
        "Há {0} pessoas na lista porque se deu um número; só pelas vozes parecem ser {1}: algumas "
        "das etiquetas são provavelmente a mesma pessoa.",
    ),
    (
        "For {} s people speak at once; there their turns overlap.",
        "Durante {0} s fala-se ao mesmo tempo; aí as vezes sobrepõem-se.",
    ),
    (
        "The recordings are parted by turns: for {} s people speak at once, and both are heard in "
        "the recordings of both.",
        "As gravações separam-se pelas vezes de fala: durante {0} s fala-se ao mesmo tempo, e "
        "ouvem-se os dois nas gravações de ambos.",
    ),
    ("Not heard in this recording: {}.", "Não se ouve nesta gravação: {0}."),
    (
        "Found {} s of speech; a voice is compared from {} s.",
        "Há {0} s de fala; uma voz compara-se a partir de {1} s.",
    ),
    (
        "This is a statistical comparison, not a proof of identity.",
        "É uma comparação estatística, não uma prova de identidade.",
    ),
    (
        "Only {} s of speech were compared; more makes it surer.",
        "Só se compararam {0} s de fala; com mais fica mais certo.",
    ),
    (
        "The reference of {} has {} s of speech; expected {} s or more.",
        "A referência de {0} tem {1} s de fala; são precisos {2} s ou mais.",
    ),
    (
        "The reference has {} s of speech; expected {} s or more.",
        "A referência tem {0} s de fala; são precisos {1} s ou mais.",
    ),
    (
        "Give a longer recording in which only that person speaks.",
        "Dê uma gravação mais longa em que só essa pessoa fale.",
    ),
    ("Expected speech.", "Esperava-se fala."),
    ("Give a recording of a conversation.", "Dê uma gravação de uma conversa."),
    (
        "No speaker was found, so the transcript has no labels.",
        "Não se encontrou quem fala, por isso a transcrição fica sem nomes.",
    ),
    (
        "For {} of {} segments no speaker was found; they have no label.",
        "Em {0} de {1} segmentos não se encontrou quem fala; ficam sem nome.",
    ),
    (
        "This transcript has no speaker labels; expected some, such as SPEAKER_00.",
        "Esta transcrição não diz quem fala; esperavam-se nomes como SPEAKER_00.",
    ),
    (
        "Find the speakers first (diarize, then label_speakers).",
        "Encontre primeiro quem fala (diarize, depois label_speakers).",
    ),
    ("'{}' is no label with a name.", "'{0}' não é uma etiqueta com um nome."),
    (
        'Write them like "SPEAKER_00=Ana, SPEAKER_01=Rui".',
        'Escreva assim: "SPEAKER_00=Ana, SPEAKER_01=Rui".',
    ),
    ("No name was given.", "Não se deu nenhum nome."),
    (
        'Write label and name, like "SPEAKER_00=Ana".',
        'Escreva etiqueta e nome, assim: "SPEAKER_00=Ana".',
    ),
    ("There is no speaker '{}'; found {}.", "Não há nenhum orador '{0}'; há {1}."),
    ("Did you mean {}?", "Seria {0}?"),
    ("Use one of these labels.", "Use uma destas etiquetas."),
    (
        "Found the names {} for {} reference recordings; expected a different name for each.",
        "Há os nomes {0} para {1} gravações de referência; é preciso um nome diferente para cada.",
    ),
    (
        "Give one name for each recording, in the same order, separated by commas.",
        "Dê um nome para cada gravação, na mesma ordem, separados por vírgulas.",
    ),
    (
        "Two people are parted also where they talk at once; which of them is speaker_00 is "
        "chance, and the model hears up to 4 kHz, so the recordings sound like a telephone.",
        "Separam-se duas pessoas mesmo onde falam ao mesmo tempo; qual delas é speaker_00 é acaso, "
        "e o modelo ouve até 4 kHz, por isso as gravações soam a telefone.",
    ),
    (
        "Text and speech do not match: only {} of their letters agree.",
        "O texto e a fala não correspondem: só {0} das letras coincidem.",
    ),
    ("The speech begins with: “{}”.", "A fala começa assim: “{0}”."),
    (
        "Give the words that are said in this recording, in their order.",
        "Dê as palavras que se dizem nesta gravação, pela sua ordem.",
    ),
    (
        "Text and speech differ in places ({} of the letters agree); there the times are "
        "estimates.",
        "O texto e a fala diferem em partes ({0} das letras coincidem); aí os tempos são "
        "estimados.",
    ),
    (
        "Nobody speaks in this recording, so no word of the text has a place in it.",
        "Ninguém fala nesta gravação, por isso nenhuma palavra do texto tem lugar nela.",
    ),
    (
        "Much {} text than can be matched between {} and {} s: “{}”.",
        "Texto que não cabe na fala entre {1} e {2} s: “{3}”.",
    ),
    ("This model hears {}, not {}.", "Este modelo ouve {0}, não {1}."),
    (
        "Leave the model out, and one that fits is chosen.",
        "Não indique o modelo, e escolhe-se um que sirva.",
    ),
    ("The text has no words.", "O texto não tem palavras."),
    ("Give the words that are said.", "Dê as palavras que se dizem."),
    ("Give at least one word.", "Dê pelo menos uma palavra."),
    (
        "The speech sounds like '{}' ({} sure), not like '{}', which was asked for; the words may "
        "be wrong or translated.",
        "A fala parece ser '{0}' ({1} de certeza), não '{2}', que foi pedido; as palavras podem "
        "estar erradas ou traduzidas.",
    ),
    (
        "Language '{}' was asked for; this Whisper model knows English only.",
        "Pediu-se a língua '{0}'; este modelo Whisper só sabe inglês.",
    ),
    ("Use whisper-base or a larger one.", "Use whisper-base ou um maior."),
    (
        "Language '{}' is unknown to Whisper; expected a code.",
        "O Whisper não conhece a língua '{0}'; esperava-se um código.",
    ),
    ("Language '{}' is unknown to Whisper.", "O Whisper não conhece a língua '{0}'."),
    ("Give its code, such as 'en'.", "Dê o código, como 'en'."),
    (
        "Codes: {}; or leave it out to detect the language.",
        "Códigos: {0}; ou não o indique, e a língua é detetada.",
    ),
    (
        "The recording has no words to judge a language by.",
        "A gravação não tem palavras por que se veja a língua.",
    ),
    (
        "The text has no words to judge a language by.",
        "O texto não tem palavras por que se veja a língua.",
    ),
    (
        "In {} of {} stretches the translation may break off.",
        "Em {0} de {1} trechos a tradução pode ficar a meio.",
    ),
    (
        "Whisper writes {} tokens at a time at most and was stopped in the speech from {}: more "
        "may be said there than is written.",
        "O Whisper escreve no máximo {0} tokens de cada vez e foi interrompido na fala a partir de "
        "{1}: aí pode dizer-se mais do que está escrito.",
    ),
    (
        "In {} of {} passages the voice was stopped before it ended: there words may be missing.",
        "Em {0} de {1} passagens a voz foi parada antes de acabar: aí podem faltar palavras.",
    ),
    ("This model does not write {}.", "Este modelo não escreve {0}."),
    ("This voice reads {}, not {}.", "Esta voz lê {0}, não {1}."),
    ("There is one voice: all speakers got it.", "Há uma só voz: ficou para todos os oradores."),
    (
        "The base model of Whisper translates roughly: check names, numbers and idioms.",
        "O modelo base do Whisper traduz por alto: confira nomes, números e expressões.",
    ),
    (
        "From {} the base model translates badly; a larger Whisper, or transcribe and "
        "translate_transcript with M2M100, does better.",
        "De {0} o modelo base traduz mal; um Whisper maior, ou transcribe e translate_transcript "
        "com M2M100, faz melhor.",
    ),
    (
        "Whisper translates speech into English only, not into {}.",
        "O Whisper só traduz fala para inglês, não para {0}.",
    ),
    (
        "Use transcribe, then translate_transcript on its result.",
        "Use transcribe e depois translate_transcript sobre o resultado.",
    ),
    ("The speech was taken for {}.", "A fala foi tomada por {0}."),
    (
        "The speech is in English already; there is nothing to translate.",
        "A fala já está em inglês; não há nada para traduzir.",
    ),
    (
        "Use transcribe; or name the language that is spoken, if it is another.",
        "Use transcribe; ou diga que língua se fala, se for outra.",
    ),
    (
        "No fillers were found in this recording, so nothing was cut.",
        "Não se encontraram hesitações nesta gravação, por isso nada foi cortado.",
    ),
    (
        "{} fillers were cut, {} s in all; some may not have been recognised.",
        "Cortaram-se {0} hesitações, {1} s ao todo; algumas podem não ter sido reconhecidas.",
    ),
    (
        "{} filler was cut, {} s in all; some may not have been recognised.",
        "Cortou-se {0} hesitação, {1} s ao todo; algumas podem não ter sido reconhecidas.",
    ),
    (
        "Found by the sound alone, a vowel or hum held between two pauses: {} of them.",
        "Encontradas só pelo som, uma vogal ou um murmúrio entre duas pausas: {0} delas.",
    ),
    (
        "Left in, but perhaps misheard fillers or names: {}.",
        "Ficaram, mas talvez sejam hesitações mal ouvidas ou nomes: {0}.",
    ),
    (
        "No speakers are known for some of it; the file calls them UNKNOWN.",
        "De uma parte não se sabe quem fala; o arquivo chama-lhes UNKNOWN.",
    ),
    (
        "Speaker turns hold no words, which {} subtitles need.",
        "As vezes de fala não têm palavras, de que as legendas {0} precisam.",
    ),
    (
        "Portuguese comes mixed: mostly Brazilian, with European words now and then.",
        "O português sai misturado: quase todo do Brasil, com palavras europeias aqui e ali.",
    ),
    ("There are no words to translate.", "Não há palavras para traduzir."),
    (
        "The text is in {} already; there is nothing to translate.",
        "O texto já está em {0}; não há nada para traduzir.",
    ),
    (
        "Name another target language, or the language it is really written in.",
        "Diga outra língua de chegada, ou a língua em que está mesmo escrito.",
    ),
    (
        "This model does not translate from {} into {}.",
        "Este modelo não traduz de {0} para {1}.",
    ),
    ("This model does {}.", "Este modelo faz {0}."),
    (
        "M2M100 knows 100 languages: {}, then {}.",
        "O M2M100 sabe 100 línguas: {0}, depois {1}.",
    ),
    (
        "The language of the text was not clear; it is read as {}.",
        "A língua do texto não ficou clara; é lido como {0}.",
    ),
    (
        "In {} of {} sentences a number or the end may be missing; compare them with the original: "
        "{}.",
        "Em {0} de {1} frases pode faltar um número ou o fim; compare com o original: {2}.",
    ),
    (
        "Speech replaces the whole original sound, music and noise included.",
        "A fala substitui todo o som original, com música e ruído.",
    ),
    ("The transcript has no words to speak.", "A transcrição não tem palavras para dizer."),
    ("Transcribe a recording of speech.", "Transcreva uma gravação com fala."),
    ("No voice here speaks {}.", "Nenhuma voz daqui fala {0}."),
    (
        "Translate the transcript into one of: {}.",
        "Traduza a transcrição para uma destas línguas: {0}.",
    ),
    ("Nothing was cut.", "Nada foi cortado."),
    (
        "The result is {} s longer than the recording.",
        "O resultado tem mais {0} s do que a gravação.",
    ),
    (
        "Voices chosen by how the speakers sound, man or woman, and by pitch: {}.",
        "Vozes escolhidas pelo som de quem fala, homem ou mulher, e pela altura: {0}.",
    ),
    (
        "Voices chosen by pitch, which is below that of every woman's voice here: {}.",
        "Vozes escolhidas pela altura, mais grave do que a de todas as vozes de mulher daqui: {0}.",
    ),
    (
        "Voices chosen by pitch, as the sound is neither clearly a man's nor a woman's: {}.",
        "Vozes escolhidas pela altura, pois o som não é claramente de homem nem de mulher: {0}.",
    ),
    (
        "Voices chosen by pitch alone, as resemblyzer is not installed (`tonmeister models pull "
        "resemblyzer`): {}.",
        "Vozes escolhidas só pela altura, pois o resemblyzer não está instalado (`tonmeister "
        "models pull resemblyzer`): {0}.",
    ),
    (
        "Voices chosen by pitch alone, as there is too little speech to compare: {}.",
        "Vozes escolhidas só pela altura, pois há fala a menos para comparar: {0}.",
    ),
    (
        "Voices chosen without knowing the pitch, which could not be measured: {}.",
        "Vozes escolhidas sem conhecer a altura, que não se pôde medir: {0}.",
    ),
    (
        "The speakers have voices of their own: {}.",
        "Cada orador tem a sua voz: {0}.",
    ),
    (
        "The phonemes of this language come from espeak-ng (GPL-3.0).",
        "Os fonemas desta língua vêm do espeak-ng (GPL-3.0).",
    ),
    (
        "The text is in {} script, which no voice here reads.",
        "O texto está em escrita {0}, que nenhuma voz daqui lê.",
    ),
    (
        "The text seems to be {}, which no voice here speaks.",
        "O texto parece ser {0}, que nenhuma voz daqui fala.",
    ),
    ("If it is one of them, name it.", "Se for uma delas, diga qual."),
    ("Languages that are spoken: {}.", "Línguas que se falam: {0}."),
    ("Languages: {}.", "Línguas: {0}."),
    ("Voices: {}.", "Vozes: {0}."),
    ("Voice '{}' is unknown.", "A voz '{0}' não existe."),
    ("Voice '{}' speaks {}, not '{}'.", "A voz '{0}' fala {1}, não '{2}'."),
    ("No male voice speaks {}.", "Nenhuma voz masculina fala {0}."),
    ("No female voice speaks {}.", "Nenhuma voz feminina fala {0}."),
    (
        "Hindi needs the phonemes of espeak-ng, which is not installed.",
        "O hindi precisa dos fonemas do espeak-ng, que não está instalado.",
    ),
    (
        "Japanese needs a dictionary of readings, which is not installed.",
        "O japonês precisa de um dicionário de leituras, que não está instalado.",
    ),
    (
        "Chinese needs dictionaries of words and readings, which are not installed.",
        "O chinês precisa de dicionários de palavras e leituras, que não estão instalados.",
    ),
    (
        "The text is {}, so no {} voice can read it.",
        "O texto está em {0}, por isso nenhuma voz de {1} o pode ler.",
    ),
    (
        "The text has no {} characters, so no {} voice can read it.",
        "O texto não tem caracteres de {0}, por isso nenhuma voz de {1} o pode ler.",
    ),
    ("Language '{}' is not spoken here.", "A língua '{0}' não se fala aqui."),
    (
        "No built-in voice speaks '{}'; there are voices for {}.",
        "Nenhuma voz incluída fala '{0}'; há vozes para {1}.",
    ),
    (
        "To hear that one: {}. To clone: {}, then {}",
        "Para ouvir essa: {0}. Para clonar: {1}, depois {2}",
    ),
    (
        "Hand over a recording of one person speaking, 3 s or more.",
        "Entregue uma gravação de uma pessoa a falar, de 3 s ou mais.",
    ),
    (
        "Hand over a longer recording of the same person; 10 to 60 s are best.",
        "Entregue uma gravação mais longa da mesma pessoa; o melhor são 10 a 60 s.",
    ),
    (
        "Imitating a voice needs the consent of the person it belongs to; none was given.",
        "Imitar uma voz exige o consentimento da pessoa a quem pertence; não se deu nenhum.",
    ),
    (
        "Say in the request who agreed, and it is recorded with the result: add {}.",
        "Diga no pedido quem concordou, e fica registado com o resultado: acrescente {0}.",
    ),
    (
        "No speech was found, so nothing could be measured about it.",
        "Não se encontrou fala, por isso nada se pôde medir sobre ela.",
    ),
    (
        "DNSMOS was measured on {} windows of 9 s spread over the recording.",
        "O DNSMOS foi medido em {0} janelas de 9 s espalhadas pela gravação.",
    ),
    (
        "The model hears up to 24 kHz; what lies above is left out.",
        "O modelo ouve até 24 kHz; o que está acima fica de fora.",
    ),
    (
        "The model hears up to 8 kHz; what is above is removed as far as noise is.",
        "O modelo ouve até 8 kHz; o que está acima é tirado tanto quanto o ruído.",
    ),
    (
        "All {} s of the recording are silent; nothing would be left.",
        "Os {0} s da gravação são todos silêncio; não ficaria nada.",
    ),
    ("Choose another recording.", "Escolha outra gravação."),
    (
        "The loudness cannot be measured: the recording of {} s is silent, below -70 LUFS, or "
        "shorter than 0.4 s.",
        "A sonoridade não se pode medir: a gravação de {0} s é silêncio, está abaixo de -70 LUFS "
        "ou dura menos de 0,4 s.",
    ),
    (
        "Use change_gain to change the level by a number of decibels.",
        "Use change_gain para mudar o nível em decibéis.",
    ),
    (
        "Weights are not installed yet: {}.",
        "Faltam os pesos: {0}.",
    ),
    ("Run `{}`.", "Corra `{0}`."),
    ("Run: {}", "Corra: {0}"),
    (
        "Checkpoint '{}' ({} MB) is not installed and downloads are off.",
        "'{0}' ({1} MB) não está instalado e os downloads estão desligados.",
    ),
    (
        "Checkpoint '{}' ({} MB) is not installed.",
        "'{0}' ({1} MB) não está instalado.",
    ),
    (
        "Checkpoint '{}' ({} MB) could not be fetched ({}).",
        "'{0}' ({1} MB) não se conseguiu ir buscar ({2}).",
    ),
    (
        "Checkpoint '{}' ({} MB) holds a pickle, {}, which runs code when loaded; expected plain "
        "weights.",
        "'{0}' ({1} MB) contém um pickle, {2}, que corre código ao carregar; esperavam-se pesos "
        "simples.",
    ),
    (
        "Checkpoint '{}' ({} MB) needs {} MB of disk, {} MB are free.",
        "'{0}' ({1} MB) precisa de {2} MB de disco, e há {3} MB livres.",
    ),
    ("Free some disk space.", "Liberte espaço em disco."),
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
        "The voice reads letter by letter; write numbers and abbreviations out.",
        "A voz lê letra a letra; escreve números e abreviaturas por extenso.",
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
    (
        'Write "HOST: …" at the beginning of a line for what the host says.',
        'Escreve "HOST: …" no início de uma linha para o que o anfitrião diz.',
    ),
    ("Who speaks in the text: {}.", "Quem fala no texto: {0}."),
    (
        "Voices are given for {}, but no line of the text begins so.",
        "Há vozes para {0}, mas nenhuma linha do texto começa assim.",
    ),
)
