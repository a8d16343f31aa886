"""What people call sounds, where the names of AudioSet's classes are not everyday words.

The sentence encoder brings most words of 16 languages to the right class by itself; listed here
is what it misses: words it knows for something else or not at all, mostly Portuguese, of both sides
of the Atlantic.
"""

from collections.abc import Mapping

__all__ = ["EVERYDAY"]

_LINES = """
Speech: talking; voice; fala; voz; vozes; alguém a falar; pessoas a falar; conversa
Child speech, kid speaking: children talking; criança a falar; crianças a falar
Whispering: sussurro; cochicho; alguém a sussurrar
Shout: grito; berro; alguém a gritar; someone shouting
Screaming: scream; gritos; grito agudo; alguém gritando
Laughter: riso; risos; risada; gargalhada; gargalhadas; alguém a rir; people laughing
Crying, sobbing: choro; alguém a chorar; alguém chorando; weeping
Baby cry, infant cry: choro de bebé; choro de bebê; bebé a chorar; bebê chorando; infant weeping
Whistling: whistle; assobio; alguém a assobiar; apito com a boca
Singing: canto; alguém a cantar; alguém cantando; a song being sung
Snoring: ressonar; ronco de quem dorme; roncar; alguém a ressonar
Breathing: respiração; alguém a respirar; breath
Cough: tosse; tossir; alguém a tossir; alguém tossindo; coughing
Sneeze: espirro; espirrar; alguém a espirrar; sneezing
Sniff: fungar; fungadela
Burping, eructation: burp; belch; arroto
Hiccup: soluço; soluços
Walk, footsteps: passos; someone walking; alguém a andar; alguém caminhando; pegadas
Run: running footsteps; alguém a correr; correria
Chewing, mastication: mastigar; alguém a mastigar; munching
Hands: mãos
Finger snapping: finger snap; estalar de dedos; estalo de dedos
Clapping: hand clap; bater palmas; palmas
Applause: aplausos; aplauso; salva de palmas
Heart sounds, heartbeat: batimento cardíaco; batimentos do coração; coração a bater
Crowd: multidão; muita gente; crowd noise
Hubbub, speech noise, speech babble: burburinho; party noise; voices in a crowd; falatório
Children playing: crianças a brincar; crianças brincando; recreio; playground
Dog: cão; cachorro; puppy
Bark: barking; latido; latidos; ladrar; cão a ladrar; cachorro latindo; ladrido
Howl: uivo; uivar; wolf howl; lobo a uivar
Roaring cats (lions, tigers): lion; lion roaring; tiger; leão; tigre; leão a rugir; rugido
Growling: rosnar; rosnado
Cat: gato; kitten; gatinho
Meow: miado; miar; miau; gato a miar; gato miando; meowing
Purr: ronronar; gato a ronronar; purring
Horse: cavalo
Clip-clop: gallop; horse galloping; galope; cavalo a galope; trote; cascos
Neigh, whinny: relincho; relinchar; horse neighing
Cattle, bovinae: cow; vaca; boi; touro; bull
Moo: mugido; mugir; vaca a mugir; mooing
Cowbell: chocalho; chocalhos
Pig: porco; leitão
Oink: grunhido; porco a grunhir
Goat: cabra; bode
Bleat: balido; balir; ovelha a balir; bleating
Sheep: ovelha; carneiro; cordeiro; lamb
Chicken, rooster: galo; galinha; hen; frango; cock
Crowing, cock-a-doodle-doo: galo a cantar; galo cantando; cocorocó; rooster crowing
Cluck: cacarejo; cacarejar; galinha a cacarejar
Turkey: peru
Duck: pato
Quack: grasnar de pato; quá quá
Goose: ganso; gansos
Bird: pássaro; pássaros; ave; aves; passarinho; passarinhos
Bird vocalization, bird call, bird song: canto de pássaros; birdsong; pássaros a cantar; chilrear
Chirp, tweet: chirping; pio; gorjeio; tweeting
Pigeon, dove: pombo; pomba
Crow: corvo; gralha; raven
Owl: coruja; mocho
Mouse: rato; ratinho
Cricket: crickets; grilo; grilos
Mosquito: mosquito; pernilongo; melga
Fly, housefly: mosca; moscas
Bee, wasp, etc.: abelha; abelhas; vespa; zumbido de insetos; bees buzzing; wasp; hornet
Frog: rã; sapo; rãs; sapos
Croak: coaxar; frogs croaking; rã a coaxar
Snake: cobra; serpente
Whale vocalization: baleia; whale; canto da baleia
Music: música
Guitar: violão; viola; guitarra
Piano: piano; alguém a tocar piano
Drum kit: bateria; drums; drum set
Drum: tambor; tambores
Cymbal: prato de bateria; pratos; cymbals
Violin, fiddle: violino; rabeca
Cello: violoncelo
Flute: flauta
Trumpet: trompete; trombeta; corneta
Saxophone: saxofone
Accordion: acordeão; concertina; sanfona
Harmonica: gaita de boca; harmónica
Bell: sino; campana; sineta; bell ringing
Church bell: sino da igreja; sinos da igreja; bell toll; sinos; church bells
Jingle bell: guizo; guizos; sleigh bells
Bicycle bell: campainha de bicicleta
Gong: gongo
Wind: vento; ventania
Rustling leaves: folhas ao vento; farfalhar de folhas
Thunderstorm: trovoada; tempestade
Thunder: trovão; trovões; lightning
Water: água
Rain: chuva; drizzle; chuvisco; aguaceiro
Raindrop: pingos de chuva; gota de chuva
Stream: riacho; ribeiro; regato; brook; river; rio
Waterfall: cascata; cachoeira; queda de água
Waves, surf: ondas; ondas do mar; sea waves; rebentação
Ocean: mar; oceano; sea
Fire: fogo; incêndio; lareira; fogueira; campfire
Crackle: crepitar; estalar do fogo; crackling fire
Sailboat, sailing ship: barco à vela; veleiro
Ship: navio; barco
Car: carro; automóvel
Vehicle horn, car horn, honking: buzina; buzinas; buzinadela; buzinada; carro a buzinar; claxon
Car alarm: alarme de carro
Car passing by: carro a passar; carro passando
Skidding: derrapagem; chiar de pneus; tires screeching
Truck: caminhão; camião; lorry
Bus: autocarro; ônibus
Emergency vehicle: carro de emergência
Police car (siren): carro da polícia; sirene da polícia; police siren
Ambulance (siren): ambulância; sirene de ambulância
Fire engine, fire truck (siren): carro dos bombeiros; bombeiros; fire truck
Motorcycle: motorbike; mota; moto; motocicleta; motociclo; mota a passar
Traffic noise, roadway noise: trânsito; tráfego; street noise; barulho da rua
Train: comboio; trem; locomotiva
Train whistle: apito de comboio; apito de trem; apito do comboio
Subway, metro, underground: metro; metrô
Fixed-wing aircraft, airplane: avião; jet taking off
Helicopter: helicóptero
Bicycle: bicicleta
Engine: motor; motor a trabalhar
Lawn mower: cortador de relva; cortador de grama
Chainsaw: motosserra; serra elétrica
Idling: motor ao ralenti; motor em marcha lenta
Door: porta
Doorbell: campainha; campainha da porta; toque da campainha; Türklingel; sonnette; timbre
Slam: door slam; porta a bater; porta batendo; bater de porta; door closing
Knock: knocking at the door; bater à porta; batidas na porta; toc toc
Squeak: creaking door; porta a ranger; ranger de porta; door creak; rangido; chiadeira
Dishes, pots, and pans: louça; pratos e panelas; dishes
Cutlery, silverware: talheres; garfos e facas
Frying (food): fritura; comida a fritar
Water tap, faucet: torneira; torneira aberta; running water; água a correr
Sink (filling or washing): lava-loiça; pia
Toilet flush: autoclismo; descarga da sanita; descarga do vaso; descarga; flushing the loo
Vacuum cleaner: aspirador; aspirador de pó
Zipper (clothing): fecho éclair; zíper; zipper
Keys jangling: chaves; molho de chaves; keys
Coin (dropping): moeda; moedas; coins
Scissors: tesoura
Typewriter: máquina de escrever
Computer keyboard: teclado; typing on a keyboard; keyboard typing; teclar
Typing: alguém a escrever no teclado; digitar; digitação
Alarm: alarme
Telephone: telefone; phone
Telephone bell ringing: telefone a tocar; telefone tocando; phone ringing
Ringtone: toque de telemóvel; toque de celular; telemóvel a tocar; celular tocando
Alarm clock: despertador
Siren: sirene; sirenes; sirena
Smoke detector, smoke alarm: alarme de fumo; alarme de fumaça; detetor de fumo
Fire alarm: alarme de incêndio
Whistle: apito
Steam whistle: apito a vapor
Clock: relógio
Tick-tock: tique-taque; clock ticking; tiquetaque do relógio
Sewing machine: máquina de costura
Mechanical fan: ventoinha; ventilador
Air conditioning: ar condicionado
Cash register: caixa registadora; caixa registradora
Printer: impressora
Camera: câmara fotográfica; máquina fotográfica; camera shutter; obturador
Hammer: martelo; martelar; martelada; hammering
Jackhammer: martelo pneumático; britadeira
Sawing: saw; serra; serrote; serrar madeira
Drill: berbequim; furadeira; broca
Explosion: explosão; rebentamento
Gunshot, gunfire: tiro; tiros; disparo; disparos; gunshots
Fireworks: fogo de artifício; fogos de artifício; foguetes
Firecracker: bombinha; petardo
Glass: vidro
Shatter: breaking glass; glass breaking; vidro a partir; vidro quebrando; vidro partido
Splash, splatter: salpico; chapinhar; mergulho
Drip: pinga; gota; dripping; torneira a pingar; water drop
Pour: verter; deitar água; despejar líquido; pouring
Boiling: ferver; água a ferver; kettle; chaleira
Beep, bleep: bip; bipe; apito eletrónico
Static: estática; chiado; rádio mal sintonizado
Silence: silêncio
"""

EVERYDAY: Mapping[str, tuple[str, ...]] = {
    label: tuple(name.strip() for name in names.split(";"))
    for label, _, names in (line.rpartition(": ") for line in _LINES.strip().splitlines())
}
"""Class of AudioSet → further names of it."""
