"""Words for everyday sounds in English and Portuguese: what a request must name to be about one.

A request such as "take the siren out" is understood without a language model only when the sound
is named with these words. What they mean to a model is the model's matter.
"""

import re
import unicodedata
from functools import cache

__all__ = ["flat", "is_portuguese", "is_sound", "sound_pattern", "sounds_in"]

_ENGLISH = """
dog dogs puppy bark barks barking barked growl growling howl howling howls wolf wolves cat cats
kitten meow meows meowing purr purring purrs rooster roosters cock crow crows crowing crowed hen
hens chicken chickens cluck clucking horse horses neigh neighs neighing whinny gallop galloping
hooves cow cows moo moos mooing pig pigs oink sheep goat goats bleat bleats bleating duck ducks
quack quacks quacking goose geese honk honks honking bird birds birdsong chirp chirps chirping
tweet tweeting pigeon pigeons owl owls hoot hooting cricket crickets insect insects bee bees
buzzing mosquito fly flies frog frogs croak croaking elephant elephants
monkey monkeys tiger tigers donkey donkeys lion lions roar roaring animal animals
siren sirens ambulance police car cars traffic truck trucks motorcycle motorbike bike bus engine
engines motor horn horns train trains tram metro plane planes airplane aeroplane aircraft jet
helicopter helicopters boat boats ship whistle whistles whistling brake brakes tyres
rain raining raindrops thunder thunderstorm storm storms wind windy wave waves ocean sea river
stream water waterfall drip drips dripping splash splashes fire crackling footstep footsteps steps
door doors doorbell doorbells knock knocks knocking knocked slam slams slamming creak creaks
creaking phone phones telephone telephones ring rings ringing ringtone ringtones alarm alarms beep
beeps beeping bell bells clock clocks tick ticking keyboard typing typewriter printer vacuum
cleaner fan drill drilling hammer hammering saw sawing chainsaw lawnmower sewing machine blender
microwave toilet flush shower tap faucet dishes cutlery glass breaking explosion explosions
gunshot gunshots shot shots shooting firework fireworks applause clap claps clapping cheer
cheering crowd laugh laughs laughing laughed laughter cough coughs coughing coughed sneeze sneezes
sneezing sneezed sniff snore snores snoring snored cry cries crying cried sob sobbing baby babies
scream screams screaming screamed shout shouts shouting yell yelling yawn hiccup hiccups burp
breath breathing heartbeat child children kid kids playing passing
"""
_PORTUGUESE = """
cão cães cachorro cachorros ladra ladrar ladram ladrou latido latidos latir late latem rosnar uivo
uivos uivar uiva lobo gato gatos gatinho miado miados miar mia miam ronronar galo galos canta
cantar cantam cocorocó galinha galinhas cacarejar cavalo cavalos relincho relinchos relinchar
relincha galope vaca vacas mugido mugidos mugir muge porco porcos ovelha ovelhas cabra cabras
balido balir pato patos grasnar grasna ganso gansos pássaro pássaros ave aves passarinho
passarinhos chilrear chilreio pio pombo pombos coruja corujas mocho grilo grilos inseto insetos
abelha abelhas mosquito mosquitos mosca moscas rã rãs sapo sapos coaxar
elefante elefantes macaco macacos tigre burro burros leão rugido animal animais
sirene sirenes ambulância polícia carro carros trânsito tráfego camião caminhão mota motas moto
motos motocicleta autocarro ônibus motor motores buzina buzinas buzinar buzinadela comboio comboios
trem trens metro avião aviões helicóptero helicópteros barco navio apito apitos apita
apitar travagem chuva chover chove trovão trovões trovoada tempestade vento ventania onda ondas mar
oceano rio água cascata pinga pingar gotas fogo lareira passos porta portas campainha campainhas
toca tocar tocam bater bate batida batidas ranger telefone telefones telemóvel celular alarme
alarmes despertador bip bipes sino sinos relógio relógios teclado impressora aspirador ventoinha
berbequim furadeira martelo martelar serra serrar motosserra máquina costura chuveiro torneira
autoclismo descarga louça vidro vidros partir explosão explosões tiro tiros disparo disparos
foguetes aplauso aplausos palmas multidão riso risos risada risadas ri rir riem rir-se gargalhada
gargalhadas tosse tosses tossir tosse-se espirro espirros espirrar espirra ressonar
choro choros chora chorar choram bebé bebés bebê bebês grito gritos gritar grita gritam assobio
assobios assobiar respiração soluço soluços criança crianças passa passar brincar
"""
# Words with wordings of their own, and words a question may be about without naming a single sound.
_WIDE = """
music song songs singing sings sing singer voice voices speech talk talking speak speaking noise
noises sound sounds silence guitar piano drum drums violin flute trumpet organ instrument
instruments
"""
_WIDE_PORTUGUESE = """
música músicas canção canto voz vozes fala falar falam ruído ruídos barulho barulhos som sons
silêncio guitarra violão bateria violino flauta trompete órgão instrumento instrumentos
"""
_BETWEEN = r"(?:of|de|do|da|dos|das|a|o|an|the|e?m|na|no)"


def flat(text: str) -> str:
    """Return a text in lower case without accents, letter for letter.

    Args:
        text: Any text; the result has as many characters.
    """
    folded = (unicodedata.normalize("NFD", letter)[0].lower() for letter in text)
    return "".join(letter if len(letter) == 1 else letter[0] for letter in folded)


@cache
def _words(*, wide: bool) -> frozenset[str]:
    text = f"{_ENGLISH} {_PORTUGUESE} {f'{_WIDE} {_WIDE_PORTUGUESE}' if wide else ''}"
    return frozenset(flat(text).split())


@cache
def sound_pattern() -> str:
    """Return a regular expression for the name of a single sound, for ``flat`` text."""
    word = "|".join(sorted(map(re.escape, _words(wide=False)), key=len, reverse=True))
    return rf"(?:{word})(?: (?:{_BETWEEN} )*(?:{word}))*(?![\w-])"


def sounds_in(text: str) -> list[str]:
    """Return the words of a text that name sounds, folded as by ``flat``, in their order.

    Args:
        text: Any text.
    """
    return [word for word in re.findall(r"[\w'-]+", flat(text)) if word in _words(wide=True)]


def is_portuguese(words: str) -> bool:
    """Tell whether words name a sound in Portuguese, as far as its words are known here.

    Args:
        words: Such as "a sirene", with or without accents.
    """
    english = set(flat(f"{_ENGLISH} {_WIDE}").split())
    portuguese = set(flat(f"{_PORTUGUESE} {_WIDE_PORTUGUESE}").split()) - english
    return any(word in portuguese for word in re.findall(r"[\w'-]+", flat(words)))


def is_sound(words: str) -> bool:
    """Tell whether words name a sound and nothing else.

    Args:
        words: Such as "the dog bark", with or without accents.
    """
    known, between = _words(wide=True), re.compile(rf"{_BETWEEN}|some|any|um|uma|os|as|somebody")
    found = re.findall(r"[\w'-]+", flat(words))
    named = [word for word in found if word in known]
    return bool(named) and all(word in known or between.fullmatch(word) for word in found)
