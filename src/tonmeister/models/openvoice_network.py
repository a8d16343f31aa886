"""The network of OpenVoice v2's tone colour converter, with the names of its checkpoint.

Source: Qin et al., "OpenVoice: Versatile Instant Voice Cloning" (arXiv 2312.01479); its parts are
those of VITS (Kim et al., arXiv 2106.06103): a posterior encoder of gated convolutions, a flow of
mean-only affine couplings, a HiFi-GAN decoder (Kong et al., arXiv 2010.05646); and a reference
encoder (Skerry-Ryan et al., arXiv 1803.09047). Weight normalisation (arXiv 1602.07868) is folded
into plain weights before they are loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Converter", "Shape", "folded"]

SLOPE = 0.1
LAST_SLOPE = 0.01
KERNEL = 5
POSTERIOR_LAYERS, COUPLING_LAYERS, COUPLINGS = 16, 4, 4
REFERENCE_FILTERS = (32, 32, 64, 64, 128, 128)
REFERENCE_STATE = 128


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network, as its configuration states them.

    Attributes:
        bins: Frequencies of the linear spectrogram.
        latent: Channels of the latent frames.
        hidden: Channels inside the encoders.
        colour: Length of a tone colour vector.
        zero_colour: Whether encoder and decoder see a zero in place of the tone colour (v2).
        kernels: Kernel sizes of the decoder's residual blocks.
        dilations: Dilations of each of these blocks.
        rates: Factors of the decoder's upsampling; their product is the hop length.
        rate_kernels: Kernel sizes of the upsampling.
        width: Channels where the decoder begins.
    """

    bins: int
    latent: int
    hidden: int
    colour: int
    zero_colour: bool
    kernels: tuple[int, ...]
    dilations: tuple[tuple[int, ...], ...]
    rates: tuple[int, ...]
    rate_kernels: tuple[int, ...]
    width: int


class Converter(nn.Module):
    """Takes the tone colour of one voice out of speech, and puts another one in.

    Args:
        shape: Its sizes.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.zero_colour = shape.zero_colour
        self.dec = _Decoder(shape)
        self.enc_q = _PosteriorEncoder(shape)
        self.flow = _Flow(shape)
        self.ref_enc = _ReferenceEncoder(shape)

    def tone_colour(self, spectrogram: Tensor) -> Tensor:
        """Return what is typical of a voice.

        Args:
            spectrogram: Magnitudes, shape ``(1, bins, frames)``.

        Returns:
            Shape ``(1, colour, 1)``.
        """
        return self.ref_enc(spectrogram.transpose(1, 2)).unsqueeze(-1)

    def convert(
        self, spectrogram: Tensor, source: Tensor, target: Tensor, noise: Tensor, amount: float
    ) -> Tensor:
        """Return speech with another tone colour.

        Args:
            spectrogram: Magnitudes, shape ``(1, bins, frames)``.
            source: Tone colour of the speech.
            target: Wanted tone colour.
            noise: Standard normal, shape ``(1, latent, frames)``.
            amount: How much of the noise is added to the latent frames, 0.0 to 1.0.

        Returns:
            Samples, shape ``(1, 1, frames * hop length)``.
        """
        nothing = torch.zeros_like(source)
        mean, log_scale = self.enc_q(spectrogram, nothing if self.zero_colour else source)
        latent = mean + noise * amount * torch.exp(log_scale)
        plain = self.flow(latent, source)
        return self.dec(self.flow.inverse(plain, target), nothing if self.zero_colour else target)


class _Gated(nn.Module):
    """Convolutions with a tanh and a sigmoid half, residual and skip paths (WaveNet)."""

    def __init__(self, hidden: int, layers: int, colour: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.cond_layer = nn.Conv1d(colour, 2 * hidden * layers, 1)
        self.in_layers = nn.ModuleList(
            nn.Conv1d(hidden, 2 * hidden, KERNEL, padding=KERNEL // 2) for _ in range(layers)
        )
        outputs = [2 * hidden] * (layers - 1) + [hidden]
        self.res_skip_layers = nn.ModuleList(nn.Conv1d(hidden, size, 1) for size in outputs)

    def forward(self, frames: Tensor, colour: Tensor) -> Tensor:
        conditions = self.cond_layer(colour).chunk(len(self.in_layers), dim=1)
        total = torch.zeros_like(frames)
        for entry, exit_, condition in zip(
            self.in_layers, self.res_skip_layers, conditions, strict=True
        ):
            wave, gate = (entry(frames) + condition).chunk(2, dim=1)
            made = exit_(torch.tanh(wave) * torch.sigmoid(gate))
            if made.shape[1] > self.hidden:
                frames = frames + made[:, : self.hidden]
                made = made[:, self.hidden :]
            total = total + made
        return total


class _PosteriorEncoder(nn.Module):
    """Turns a spectrogram into mean and log scale of latent frames."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.pre = nn.Conv1d(shape.bins, shape.hidden, 1)
        self.enc = _Gated(shape.hidden, POSTERIOR_LAYERS, shape.colour)
        self.proj = nn.Conv1d(shape.hidden, 2 * shape.latent, 1)

    def forward(self, spectrogram: Tensor, colour: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_scale = self.proj(self.enc(self.pre(spectrogram), colour)).chunk(2, dim=1)
        return mean, log_scale


class _Coupling(nn.Module):
    """Shifts one half of the channels by what the other half says."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        half = shape.latent // 2
        self.pre = nn.Conv1d(half, shape.hidden, 1)
        self.enc = _Gated(shape.hidden, COUPLING_LAYERS, shape.colour)
        self.post = nn.Conv1d(shape.hidden, half, 1)

    def shift(self, half: Tensor, colour: Tensor) -> Tensor:
        return self.post(self.enc(self.pre(half), colour))


class _Flow(nn.Module):
    """Couplings with a reversal of the channels after each; it can be run backwards exactly."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        # The reversals have no weights, but the checkpoint counts them.
        layers = [_Coupling(shape) if place % 2 == 0 else nn.Identity() for place in range(8)]
        self.flows = nn.ModuleList(layers[: 2 * COUPLINGS])

    def forward(self, latent: Tensor, colour: Tensor) -> Tensor:
        for coupling in self._couplings():
            kept, moved = latent.chunk(2, dim=1)
            latent = torch.cat([kept, moved + coupling.shift(kept, colour)], dim=1).flip(1)
        return latent

    def _couplings(self) -> list["_Coupling"]:
        return [layer for layer in self.flows if isinstance(layer, _Coupling)]

    def inverse(self, latent: Tensor, colour: Tensor) -> Tensor:
        for coupling in reversed(self._couplings()):
            kept, moved = latent.flip(1).chunk(2, dim=1)
            latent = torch.cat([kept, moved - coupling.shift(kept, colour)], dim=1)
        return latent


class _Residual(nn.Module):
    """Pairs of convolutions, the first of each dilated."""

    def __init__(self, channels: int, kernel: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(_same(channels, kernel, one) for one in dilations)
        self.convs2 = nn.ModuleList(_same(channels, kernel, 1) for _ in dilations)

    def forward(self, frames: Tensor) -> Tensor:
        for first, second in zip(self.convs1, self.convs2, strict=True):
            made = first(functional.leaky_relu(frames, SLOPE))
            frames = frames + second(functional.leaky_relu(made, SLOPE))
        return frames


class _Decoder(nn.Module):
    """Turns latent frames into samples (HiFi-GAN)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.per_rate = len(shape.kernels)
        self.conv_pre = nn.Conv1d(shape.latent, shape.width, 7, padding=3)
        self.cond = nn.Conv1d(shape.colour, shape.width, 1)
        widths = [shape.width >> level for level in range(len(shape.rates) + 1)]
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(wide, narrow, kernel, rate, padding=(kernel - rate) // 2)
            for (wide, narrow), kernel, rate in zip(
                pairwise(widths), shape.rate_kernels, shape.rates, strict=True
            )
        )
        self.resblocks = nn.ModuleList(
            _Residual(width, kernel, dilations)
            for width in widths[1:]
            for kernel, dilations in zip(shape.kernels, shape.dilations, strict=True)
        )
        self.conv_post = nn.Conv1d(widths[-1], 1, 7, padding=3, bias=False)

    def forward(self, latent: Tensor, colour: Tensor) -> Tensor:
        frames = self.conv_pre(latent) + self.cond(colour)
        for level, up in enumerate(self.ups):
            frames = up(functional.leaky_relu(frames, SLOPE))
            blocks = self.resblocks[level * self.per_rate : (level + 1) * self.per_rate]
            frames = torch.stack([block(frames) for block in blocks]).mean(dim=0)
        return torch.tanh(self.conv_post(functional.leaky_relu(frames, LAST_SLOPE)))


class _ReferenceEncoder(nn.Module):
    """Sums a spectrogram of any length up in one vector."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        sizes = (1, *REFERENCE_FILTERS)
        self.convs = nn.ModuleList(
            nn.Conv2d(one, other, 3, stride=2, padding=1) for one, other in pairwise(sizes)
        )
        bins = shape.bins
        for _ in REFERENCE_FILTERS:
            bins = (bins - 1) // 2 + 1
        self.gru = nn.GRU(REFERENCE_FILTERS[-1] * bins, REFERENCE_STATE, batch_first=True)
        self.proj = nn.Linear(REFERENCE_STATE, shape.colour)
        self.layernorm = nn.LayerNorm(shape.bins)

    def forward(self, frames: Tensor) -> Tensor:
        maps = self.layernorm(frames).unsqueeze(1)
        for convolution in self.convs:
            maps = torch.relu(convolution(maps))
        _, state = self.gru(maps.transpose(1, 2).flatten(2))
        return self.proj(state[0])


def folded(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Multiply direction and length of normalised weights, so that plain layers take them.

    Args:
        weights: Parameters by name; ``x.weight_v`` is a direction and ``x.weight_g`` its length,
            one for each entry of the first axis.
    """
    plain: dict[str, Tensor] = {}
    for name, values in weights.items():
        stem, _, last = name.rpartition(".")
        if last == "weight_v":
            norms = values.flatten(1).norm(dim=1).view(-1, *[1] * (values.dim() - 1))
            plain[f"{stem}.weight"] = values * (weights[f"{stem}.weight_g"] / norms)
        elif last != "weight_g":
            plain[name] = values
    return plain


def _same(channels: int, kernel: int, dilation: int) -> nn.Conv1d:
    padding = (kernel - 1) * dilation // 2
    return nn.Conv1d(channels, channels, kernel, padding=padding, dilation=dilation)
