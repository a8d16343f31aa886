"""What is said of sounds in Portuguese, "{}" as in ``translations``, and what sounds are called."""

import re
from collections.abc import Mapping
from functools import cache

from tonmeister.soundlibrary import recorded_sounds

__all__ = ["SOUNDS", "sounds_named"]

SOUNDS: tuple[tuple[str, str], ...] = (
    ("Seen in the picture: {}.", "Vê-se na imagem: {0}."),
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
        "AudioSep understands English; found '{}'.",
        "O AudioSep entende inglês; encontrou-se '{0}'.",
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
    (
        "The least sure of these has a confidence of {}; under {} it may be something else.",
        "O menos certo destes tem uma confiança de {0}; abaixo de {1} pode ser outra coisa.",
    ),
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
        "BLIP writes {} tokens at most: its words were stopped before their end.",
        "O BLIP escreve no máximo {0} tokens: as suas palavras foram cortadas antes do fim.",
    ),
    (
        "'{}' was raised by {} dB, to be heard among the rest.",
        "'{0}' foi posto {1} dB mais alto, para se ouvir entre o resto.",
    ),
    (
        "YAMNet does not hear '{}' in the result.",
        "O YAMNet não ouve '{0}' no resultado.",
    ),
    (
        "YAMNet does not hear '{}' in the first minute of the result.",
        "O YAMNet não ouve '{0}' no primeiro minuto do resultado.",
    ),
    (
        "'{}' was not to be heard, but YAMNet, which listened to the result, hears it.",
        "'{0}' não era para se ouvir, mas o YAMNet, que escutou o resultado, ouve-o.",
    ),
    (
        "YAMNet has no class for '{}', so nothing checked that it is not heard.",
        "O YAMNet não tem classe para '{0}', por isso nada verificou que não se ouve.",
    ),
    (
        "Nothing can check that '{}' is not heard: no sound that is known is called that.",
        "Nada pode verificar que '{0}' não se ouve: nenhum som conhecido tem esse nome.",
    ),
    (
        "Name it in other words, or leave it out of the description.",
        "Diz o nome por outras palavras, ou tira-o da descrição.",
    ),
    (
        "Every recording that fits '{}' sounds like '{}' too, which is not to be heard.",
        "Todas as gravações que servem para '{0}' soam também a '{1}', que não é para se ouvir.",
    ),
    (
        "Every way to mix it sounds like '{}' too, which is not to be heard.",
        "Qualquer mistura soa também a '{0}', que não é para se ouvir.",
    ),
    (
        "Ask for something else, for another seed, or without that exception.",
        "Pede outra coisa, outra semente, ou sem essa exceção.",
    ),
    (
        "The description says what is not to be heard.",
        "A descrição diz o que não se deve ouvir.",
    ),
    (
        "Say it with 'without': 'rain without thunder'.",
        "Diz isso com 'sem': 'chuva sem trovoada'.",
    ),
    (
        "'{}' is hard to hear among the rest: a search of the result may not find it.",
        "'{0}' ouve-se mal entre o resto: uma procura no resultado pode não o encontrar.",
    ),
    (
        "Say what is to be heard instead: generate_sound makes it from words.",
        "Diz antes o que se deve ouvir: generate_sound faz o som a partir de palavras.",
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
        "The description has more words than {} takes: the last ones were left out.",
        "A descrição tem mais palavras do que o {0} aceita: as últimas ficaram de fora.",
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
)

_CLASSES = """
Speech: fala
Child speech, kid speaking: fala de criança
Conversation: conversa
Whispering: sussurro
Shout: grito
Yell: berro
Screaming: gritos
Laughter: riso
Crying, sobbing: choro
Baby cry, infant cry: choro de bebé
Whistling: assobio
Singing: canto
Snoring: ressonar
Breathing: respiração
Cough: tosse
Sneeze: espirro
Walk, footsteps: passos
Clapping: palmas
Applause: aplausos
Crowd: multidão
Children playing: crianças a brincar
Animal: animal
Domestic animals, pets: animais domésticos
Dog: cão
Bark: latido
Bow-wow: ão-ão
Yip: ganido
Howl: uivo
Growling: rosnar
Cat: gato
Meow: miado
Purr: ronronar
Horse: cavalo
Neigh, whinny: relincho
Moo: mugido
Pig: porco
Oink: grunhido
Goat: cabra
Sheep: ovelha
Bleat: balido
Chicken, rooster: galinha ou galo
Crowing, cock-a-doodle-doo: cocorocó
Duck: pato
Quack: grasnido
Bird: pássaro
Bird vocalization, bird call, bird song: canto de pássaro
Chirp, tweet: chilreio
Owl: coruja
Insect: inseto
Cricket: grilo
Bee, wasp, etc.: abelha
Frog: rã
Croak: coaxar
Music: música
Guitar: guitarra
Piano: piano
Drum: tambor
Bell: sino
Church bell: sino de igreja
Bicycle bell: campainha de bicicleta
Wind: vento
Thunderstorm: tempestade
Thunder: trovão
Water: água
Rain: chuva
Raindrop: pingos de chuva
Rain on surface: chuva numa superfície
Stream: ribeiro
Waterfall: cascata
Ocean: mar
Waves, surf: ondas
Fire: fogo
Crackle: crepitar
Vehicle: veículo
Boat, Water vehicle: barco
Motor vehicle (road): veículo a motor
Car: carro
Vehicle horn, car horn, honking: buzina
Car alarm: alarme de carro
Car passing by: carro a passar
Truck: camião
Bus: autocarro
Motorcycle: mota
Traffic noise, roadway noise: ruído de trânsito
Train: comboio
Train horn: buzina de comboio
Aircraft: avião
Helicopter: helicóptero
Engine: motor
Emergency vehicle: veículo de emergência
Police car (siren): sirene da polícia
Ambulance (siren): sirene de ambulância
Fire engine, fire truck (siren): sirene dos bombeiros
Siren: sirene
Civil defense siren: sirene de defesa civil
Alarm: alarme
Door: porta
Doorbell: campainha
Knock: bater à porta
Slam: porta a bater
Squeak: chiadeira
Telephone: telefone
Telephone bell ringing: toque de telefone
Alarm clock: despertador
Clock: relógio
Tick-tock: tiquetaque
Typing: escrever à máquina
Computer keyboard: teclado
Vacuum cleaner: aspirador
Hammer: martelo
Sawing: serra
Drill: berbequim
Explosion: explosão
Gunshot, gunfire: tiro
Fireworks: fogo de artifício
Glass: vidro
Shatter: vidro a partir
Splash, splatter: salpico
Drip: pingar
Beep, bleep: bip
Silence: silêncio
Accordion: acordeão
Air conditioning: ar condicionado
Bicycle: bicicleta
Boiling: fervura
Burping, eructation: arroto
Camera: máquina fotográfica
Cash register: caixa registadora
Cattle, bovinae: vaca
Cello: violoncelo
Chainsaw: motosserra
Chewing, mastication: mastigar
Clip-clop: cascos
Cluck: cacarejo
Coin (dropping): moeda a cair
Cowbell: chocalho
Crow: corvo
Cutlery, silverware: talheres
Cymbal: prato de bateria
Dishes, pots, and pans: loiça e tachos
Drum kit: bateria
Finger snapping: estalar de dedos
Fire alarm: alarme de incêndio
Firecracker: petardo
Fixed-wing aircraft, airplane: avião
Flute: flauta
Fly, housefly: mosca
Frying (food): fritar
Gong: gongo
Goose: ganso
Hands: mãos
Harmonica: harmónica
Heart sounds, heartbeat: batimento cardíaco
Hiccup: soluço
Hubbub, speech noise, speech babble: burburinho
Idling: motor ao ralenti
Jackhammer: martelo pneumático
Jingle bell: guizo
Keys jangling: chaves
Lawn mower: corta-relvas
Mechanical fan: ventoinha
Mosquito: mosquito
Mouse: rato
Pigeon, dove: pombo
Pour: verter
Printer: impressora
Ringtone: toque de telemóvel
Roaring cats (lions, tigers): leão ou tigre
Run: corrida
Rustling leaves: folhas a restolhar
Sailboat, sailing ship: veleiro
Saxophone: saxofone
Scissors: tesoura
Sewing machine: máquina de costura
Ship: navio
Sink (filling or washing): lava-loiça
Skidding: derrapagem
Smoke detector, smoke alarm: detetor de fumo
Snake: cobra
Sniff: fungar
Static: estática
Steam whistle: apito a vapor
Subway, metro, underground: metro
Toilet flush: autoclismo
Train whistle: apito de comboio
Trumpet: trompete
Turkey: peru
Typewriter: máquina de escrever
Violin, fiddle: violino
Water tap, faucet: torneira
Whale vocalization: canto de baleia
Whistle: apito
Zipper (clothing): fecho de correr
Caw: grasnar de corvo
Canidae, dogs, wolves: cães e lobos
Cheering: aclamação
Chime: carrilhão
Choir: coro
Creak: ranger
Foghorn: buzina de nevoeiro
Fowl: aves de capoeira
Giggle: risinho
Hoot: pio de coruja
Honk: grasnido de ganso
Jet engine: motor a jato
Livestock, farm animals, working animals: animais de quinta
Rail transport: comboio
Roar: rugido
Wild animals: animais selvagens
rain: chuva
white noise: ruído branco
pink noise: ruído rosa
brown noise: ruído castanho
silence: silêncio
"""
"""Classes of AudioSet that people ask for, and what is calculated."""


def sounds_named(told: str) -> str:
    """Return what a sentence lists with sounds by their Portuguese names.

    Captions of the library and names of AudioSet's classes stand alone or between "; ", ", " and
    " and "; anything else, such as somebody's own words, stays as it is.

    Args:
        told: One value of a sentence, such as "Bark, Dog" or "rain (the author, CC0-1.0)".
    """
    said = _listed().sub(lambda found: _names().get(found[0], found[0]), told)
    # Only between two known names: "and" may as well be part of an author.
    return re.sub(rf"(?<=\w) and (?=(?:{_portuguese()})$)", " e ", said)


@cache
def _names() -> Mapping[str, str]:
    lines = (line.partition(": ") for line in _CLASSES.strip().splitlines())
    classes = {english: portuguese for english, _, portuguese in lines}
    captions = {one.caption: one.caption_pt for one in recorded_sounds() if one.caption_pt}
    return {**classes, **captions}


@cache
def _listed() -> re.Pattern[str]:
    # The longest first: "Baby cry, infant cry" is one name.
    names = "|".join(map(re.escape, sorted(_names(), key=len, reverse=True)))
    listed = rf"(?:(?<=; )|(?<=, )|(?<= and )|^)(?:{names})(?=; |, | and | \(|$)"
    # What stands in brackets names authors and licences, and is passed over whole.
    return re.compile(rf"{listed}|\((?:[^()]|\([^()]*\))*\)")


@cache
def _portuguese() -> str:
    return "|".join(map(re.escape, sorted(set(_names().values()), key=len, reverse=True)))
