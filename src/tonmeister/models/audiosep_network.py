"""The two networks of AudioSep, with its published parameter names so that its checkpoint loads.

Importing this imports torch; only adapters do so, when they load. Source: Liu et al., "Separate
Anything You Describe" (2023): ResUNet30 on spectrograms, every block of which is shifted by what
the words say (FiLM; Perez et al., 2018), and CLAP's text encoder, which is RoBERTa (Liu et al.,
2019) and two dense layers. Widths are read off the tensors; the rest is the same in every
checkpoint of this network.
"""
# pyright: basic, reportPrivateImportUsage=false

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["HOP_LENGTH", "AudioSepNetwork", "WordsNetwork", "below"]

HOP_LENGTH = 320
SLOPE = 0.01
"""Of the leaky rectifiers."""

SHORTEN = 32
"""Frames must be a multiple of this: five of the six encoder blocks halve time."""

HEAD_SIZE = 64
ROBERTA_PAD, ROBERTA_EPSILON = 1, 1e-5


class AudioSepNetwork(nn.Module):
    """Takes out of a mixture what a direction of CLAP's space says.

    Args:
        tensors: Those under ``ss_model.`` of the checkpoint, without that prefix.

    Raises:
        RuntimeError: Names or sizes do not fit.
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.base = _UNet(below(tensors, "base."))
        shifts = {
            name.removeprefix("film.").removesuffix(".weight"): tensor.shape
            for name, tensor in tensors.items()
            if name.startswith("film.") and name.endswith(".weight")
        }
        self.film = nn.ModuleDict(
            {name: nn.Linear(shape[1], shape[0]) for name, shape in shifts.items()}
        )
        # The transforms to frequencies and back are stored as weights; they follow from n_fft.
        learned = {
            name: tensor
            for name, tensor in tensors.items()
            if not name.startswith(("base.stft.", "base.istft."))
        }
        self.load_state_dict(learned)
        self.n_fft = 2 * (self.base.bn0.num_features - 1)

    def forward(self, mixtures: Tensor, words: Tensor, keep: Tensor | None = None) -> Tensor:
        """Return what was asked for, in each of some mixtures.

        Args:
            mixtures: Shape ``(batch, samples)``, at least ``n_fft`` samples, at 32 kHz.
            words: Direction of the words, shape ``(size,)``.
            keep: Share of every frequency to keep, shape ``(n_fft / 2 + 1,)``; None keeps all.

        Returns:
            Shape ``(batch, samples)``.
        """
        window = torch.hann_window(self.n_fft, device=mixtures.device)
        options: dict[str, Any] = {"n_fft": self.n_fft, "hop_length": HOP_LENGTH, "window": window}
        spectra = torch.stft(mixtures, pad_mode="reflect", return_complex=True, **options)
        spectra = spectra.transpose(1, 2)
        shifts = {name: layer(words)[None, :, None, None] for name, layer in self.film.items()}
        power = spectra.real.square() + spectra.imag.square()
        masks = self.base(power.clamp(min=1e-10).sqrt()[:, None], shifts)
        amount = torch.sigmoid(masks[:, 0])
        turned = torch.complex(torch.tanh(masks[:, 1]), torch.tanh(masks[:, 2]))
        turned = turned / turned.abs().clamp(min=1e-10)
        taken = spectra * amount * turned
        if keep is not None:
            taken = taken * keep
        return torch.istft(taken.transpose(1, 2), length=mixtures.shape[1], **options)


class _UNet(nn.Module):
    """Six blocks down, one at the bottom, six up, on magnitudes ``(batch, 1, frames, bins)``."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.bn0 = nn.BatchNorm2d(tensors["bn0.weight"].shape[0])
        self.pre_conv = _pointwise(tensors["pre_conv.weight"])
        for index in range(1, 7):
            name = f"encoder_block{index}"
            self.add_module(name, _Down(below(tensors, f"{name}.")))
        self.conv_block7a = _Down(below(tensors, "conv_block7a."))
        for index in range(1, 7):
            name = f"decoder_block{index}"
            self.add_module(name, _Up(below(tensors, f"{name}.")))
        self.after_conv = _pointwise(tensors["after_conv.weight"])

    def forward(self, magnitudes: Tensor, shifts: Mapping[str, Tensor]) -> Tensor:
        """Return the masks, ``(batch, 3, frames, bins)``: amount and two parts of a turn."""
        frames = magnitudes.shape[2]
        signal = self.bn0(magnitudes.transpose(1, 3)).transpose(1, 3)
        signal = functional.pad(signal, (0, 0, 0, -frames % SHORTEN))[..., :-1]
        signal = self.pre_conv(signal)
        passed: list[Tensor] = []
        for index in range(1, 7):
            name = f"encoder_block{index}"
            signal = self.get_submodule(name)(signal, _named(shifts, name))
            passed.append(signal)
            # The last block halves frequencies only.
            signal = functional.avg_pool2d(signal, (2, 2) if index < 6 else (1, 2))
        signal = self.conv_block7a(signal, _named(shifts, "conv_block7a"))
        for index in range(1, 7):
            name = f"decoder_block{index}"
            signal = self.get_submodule(name)(signal, passed.pop(), _named(shifts, name))
        return functional.pad(self.after_conv(signal), (0, 1))[:, :, :frames]


class _Down(nn.Module):
    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.conv_block1 = _Residual(below(tensors, "conv_block1."))

    def forward(self, signal: Tensor, shifts: Mapping[str, Tensor]) -> Tensor:
        return self.conv_block1(signal, _named(shifts, "conv_block1"))


class _Up(nn.Module):
    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        size, made, frames, bins = tensors["conv1.weight"].shape
        stride = (frames, bins)
        self.conv1 = nn.ConvTranspose2d(size, made, stride, stride, bias=False)
        self.bn1 = nn.BatchNorm2d(size)
        self.conv_block2 = _Residual(below(tensors, "conv_block2."))
        self.bn2 = nn.BatchNorm2d(size)  # in the checkpoint, but the network never uses it

    def forward(self, signal: Tensor, passed: Tensor, shifts: Mapping[str, Tensor]) -> Tensor:
        signal = functional.leaky_relu(self.bn1(signal) + shifts["beta1"], SLOPE)
        joined = torch.cat((self.conv1(signal), passed), dim=1)
        return self.conv_block2(joined, _named(shifts, "conv_block2"))


class _Residual(nn.Module):
    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        made, size, frames, bins = tensors["conv1.weight"].shape
        kernel, padding = (frames, bins), (frames // 2, bins // 2)
        self.bn1 = nn.BatchNorm2d(size)
        self.bn2 = nn.BatchNorm2d(made)
        self.conv1 = nn.Conv2d(size, made, kernel, padding=padding, bias=False)
        self.conv2 = nn.Conv2d(made, made, kernel, padding=padding, bias=False)
        self.shortcut = nn.Conv2d(size, made, 1) if size != made else None

    def forward(self, signal: Tensor, shifts: Mapping[str, Tensor]) -> Tensor:
        made = functional.leaky_relu(self.bn1(signal) + shifts["beta1"], SLOPE)
        made = functional.leaky_relu(self.bn2(self.conv1(made)) + shifts["beta2"], SLOPE)
        kept = signal if self.shortcut is None else self.shortcut(signal)
        return kept + self.conv2(made)


class WordsNetwork(nn.Module):
    """Brings words into CLAP's space.

    Args:
        tensors: Those under ``query_encoder.model.`` of the checkpoint, without that prefix;
            those of CLAP's ear and of its other layers are not used.

    Raises:
        RuntimeError: Names or sizes do not fit.
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        super().__init__()
        from transformers import RobertaConfig, RobertaModel

        branch = below(tensors, "text_branch.")
        numbers, size = branch["embeddings.word_embeddings.weight"].shape
        layers = {name.split(".")[2] for name in branch if name.startswith("encoder.layer.")}
        config = RobertaConfig(
            vocab_size=numbers,
            hidden_size=size,
            num_hidden_layers=len(layers),
            num_attention_heads=max(1, size // HEAD_SIZE),
            intermediate_size=branch["encoder.layer.0.intermediate.dense.weight"].shape[0],
            max_position_embeddings=branch["embeddings.position_embeddings.weight"].shape[0],
            type_vocab_size=branch["embeddings.token_type_embeddings.weight"].shape[0],
            layer_norm_eps=ROBERTA_EPSILON,
            pad_token_id=ROBERTA_PAD,
        )
        self.text_branch: Any = RobertaModel(config)
        first, last = (tensors[f"text_projection.{index}.weight"].shape for index in (0, 2))
        self.text_projection = nn.Sequential(
            nn.Linear(first[1], first[0]), nn.ReLU(), nn.Linear(last[1], last[0])
        )
        used = {
            name: tensor
            for name, tensor in tensors.items()
            # Numbers of positions and types are counted, not learned; older versions stored them.
            if name.startswith(("text_branch.", "text_projection."))
            and not name.endswith(("position_ids", "token_type_ids"))
        }
        self.load_state_dict(used)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the direction of one sequence of tokens, of unit length, shape ``(size,)``.

        Args:
            tokens: Numbers of the tokens with their marks of beginning and end, ``(tokens,)``.
        """
        pooled = self.text_branch(input_ids=tokens[None]).pooler_output
        return functional.normalize(self.text_projection(pooled), dim=-1)[0]


def _pointwise(weight: Tensor) -> nn.Conv2d:
    return nn.Conv2d(weight.shape[1], weight.shape[0], 1)


def below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin so, without that beginning.

    Args:
        tensors: Name → tensor.
        prefix: The beginning.
    """
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _named(shifts: Mapping[str, Tensor], block: str) -> dict[str, Tensor]:
    """Return the shifts of a block; their names are paths joined by arrows."""
    return below(shifts, f"{block}->")
