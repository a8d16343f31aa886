"""The SepFormer network, with the parameter names of SpeechBrain so that its checkpoints load.

Importing this imports torch; only adapters do so, when they load.
Source: Subakan et al., "Attention is All You Need in Speech Separation" (ICASSP 2021), as in
``speechbrain/lobes/models/dual_path.py``. Sizes are read off the tensors; what cannot be read off
is the same in all of SpeechBrain's published SepFormers.
"""
# pyright: basic, reportPrivateImportUsage=false

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["SepformerNetwork"]

CHUNK = 250
HEADS = 8
"""Frames of a chunk, and attention heads of a layer."""

NORM_EPSILON = 1e-8


class SepformerNetwork(nn.Module):
    """Masks for each source on a learned basis, from attention inside and across chunks.

    Args:
        encoder: Tensors of ``encoder.ckpt``.
        masknet: Tensors of ``masknet.ckpt``.
        decoder: Tensors of ``decoder.ckpt``.

    Raises:
        RuntimeError: Names or sizes do not fit.
    """

    def __init__(
        self,
        encoder: Mapping[str, Tensor],
        masknet: Mapping[str, Tensor],
        decoder: Mapping[str, Tensor],
    ) -> None:
        super().__init__()
        basis = encoder["conv1d.weight"]
        size, _, kernel = basis.shape
        inner = masknet["conv1d.weight"].shape[0]
        self.num_sources = masknet["conv2d.weight"].shape[0] // inner
        self.kernel = kernel
        self.encoder = nn.ModuleDict(
            {"conv1d": nn.Conv1d(1, size, kernel, stride=kernel // 2, bias=False)}
        )
        self.masknet = _Masks(masknet, size, inner, self.num_sources)
        self.decoder = nn.ConvTranspose1d(size, 1, kernel, stride=kernel // 2, bias=False)
        self.encoder.load_state_dict(dict(encoder))
        self.masknet.load_state_dict(dict(masknet))
        self.decoder.load_state_dict(dict(decoder))

    def forward(self, mixture: Tensor) -> Tensor:
        """Return the sources of a mixture.

        Args:
            mixture: Shape ``(samples,)``.

        Returns:
            Shape ``(sources, samples)``.
        """
        length = mixture.shape[0]
        short = max(0, self.kernel - length)
        padded = nn.functional.pad(mixture, (0, short + self.kernel))
        basis = torch.relu(self.encoder["conv1d"](padded[None, None]))
        made = self.decoder(self.masknet(basis) * basis[0])[:, 0]
        return made[:, :length]


class _Masks(nn.Module):
    def __init__(
        self, tensors: Mapping[str, Tensor], size: int, inner: int, num_sources: int
    ) -> None:
        super().__init__()
        depth = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("dual_mdl."))
        self.num_sources = num_sources
        self.norm = nn.GroupNorm(1, size, eps=NORM_EPSILON)
        self.conv1d = nn.Conv1d(size, inner, 1, bias=False)
        self.dual_mdl = nn.ModuleList(
            _Dual(_below(tensors, f"dual_mdl.{index}."), inner) for index in range(depth)
        )
        self.conv2d = nn.Conv2d(inner, inner * num_sources, 1)
        self.end_conv1x1 = nn.Conv1d(inner, size, 1, bias=False)
        self.prelu = nn.PReLU()
        self.output = nn.Sequential(nn.Conv1d(inner, inner, 1), nn.Tanh())
        self.output_gate = nn.Sequential(nn.Conv1d(inner, inner, 1), nn.Sigmoid())

    def forward(self, basis: Tensor) -> Tensor:
        """Return masks of shape ``(sources, size, frames)`` for a basis ``(1, size, frames)``."""
        signal = self.conv1d(self.norm(basis))
        length = signal.shape[2]
        chunks = _chunked(signal)
        for layer in self.dual_mdl:
            chunks = layer(chunks)
        chunks = self.conv2d(self.prelu(chunks))
        _, _, width, count = chunks.shape
        joined = _joined(chunks.view(self.num_sources, -1, width, count), length)
        gated = self.output(joined) * self.output_gate(joined)
        return torch.relu(self.end_conv1x1(gated))


def _chunked(signal: Tensor) -> Tensor:
    """Cut ``(1, size, frames)`` into half-overlapping chunks, ``(1, size, 250, chunks)``."""
    half = CHUNK // 2
    length = signal.shape[2]
    gap = CHUNK - (half + length % CHUNK) % CHUNK
    padded = nn.functional.pad(signal, (half, gap + half))
    return padded.unfold(2, CHUNK, half).transpose(2, 3)


def _joined(chunks: Tensor, length: int) -> Tensor:
    """Add half-overlapping chunks up again to ``(sources, size, frames)``."""
    half = CHUNK // 2
    sources, size, _, count = chunks.shape
    total = chunks.new_zeros(sources, size, (count + 1) * half)
    for index in range(count):
        total[:, :, index * half : index * half + CHUNK] += chunks[..., index]
    return total[:, :, half : half + length]


class _Dual(nn.Module):
    def __init__(self, tensors: Mapping[str, Tensor], inner: int) -> None:
        super().__init__()
        self.intra_mdl = _Transformer(_below(tensors, "intra_mdl."), inner)
        self.inter_mdl = _Transformer(_below(tensors, "inter_mdl."), inner)
        self.intra_norm = nn.GroupNorm(1, inner, eps=NORM_EPSILON)
        self.inter_norm = nn.GroupNorm(1, inner, eps=NORM_EPSILON)

    def forward(self, chunks: Tensor) -> Tensor:
        """Attend inside each chunk, then across chunks; shape ``(1, inner, width, count)``."""
        inside = self.intra_mdl(chunks[0].permute(2, 1, 0)).permute(2, 1, 0)[None]
        inside = self.intra_norm(inside) + chunks
        across = self.inter_mdl(inside[0].permute(1, 2, 0)).permute(2, 0, 1)[None]
        return self.inter_norm(across) + inside


class _Transformer(nn.Module):
    def __init__(self, tensors: Mapping[str, Tensor], inner: int) -> None:
        super().__init__()
        self.mdl = _Layers(_below(tensors, "mdl."), inner)
        positions = tensors.get("pos_enc.pe")
        self.pos_enc = _Positions(inner, 2500 if positions is None else positions.shape[1])

    def forward(self, signal: Tensor) -> Tensor:
        """Attend over the second axis of ``(batch, places, inner)``."""
        return self.mdl(signal + self.pos_enc.pe[:, : signal.shape[1]])


class _Positions(nn.Module):
    def __init__(self, inner: int, longest: int) -> None:
        super().__init__()
        places = torch.arange(longest)[:, None].float()
        rates = torch.exp(torch.arange(0, inner, 2).float() * -(math.log(10_000.0) / inner))
        table = torch.zeros(1, longest, inner)
        table[0, :, 0::2] = torch.sin(places * rates)
        table[0, :, 1::2] = torch.cos(places * rates)
        self.pe: Tensor
        self.register_buffer("pe", table)


class _Layers(nn.Module):
    def __init__(self, tensors: Mapping[str, Tensor], inner: int) -> None:
        super().__init__()
        depth = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith("layers."))
        wide = tensors["layers.0.pos_ffn.ffn.0.weight"].shape[0]
        self.layers = nn.ModuleList(_Layer(inner, wide) for _ in range(depth))
        self.norm = _Norm(inner)

    def forward(self, signal: Tensor) -> Tensor:
        for layer in self.layers:
            signal = layer(signal)
        return self.norm(signal)


class _Layer(nn.Module):
    def __init__(self, inner: int, wide: int) -> None:
        super().__init__()
        attention: Any = nn.MultiheadAttention(inner, HEADS, batch_first=True)
        self.self_att = nn.ModuleDict({"att": attention})
        between = nn.Sequential(
            nn.Linear(inner, wide), nn.ReLU(), nn.Dropout(0.0), nn.Linear(wide, inner)
        )
        self.pos_ffn = nn.ModuleDict({"ffn": between})
        self.norm1 = _Norm(inner)
        self.norm2 = _Norm(inner)

    def forward(self, signal: Tensor) -> Tensor:
        before = self.norm1(signal)
        signal = signal + self.self_att["att"](before, before, before, need_weights=False)[0]
        return signal + self.pos_ffn["ffn"](self.norm2(signal))


class _Norm(nn.Module):
    """A layer norm one level deeper, as SpeechBrain names it."""

    def __init__(self, inner: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(inner, eps=1e-6)

    def forward(self, signal: Tensor) -> Tensor:
        return self.norm(signal)


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
