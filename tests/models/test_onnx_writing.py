"""Graphs written by hand give what NumPy gives."""

import numpy as np
import pytest

from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_writing import GraphWriter


def test_a_graph_of_every_kind_of_attribute_runs():
    draw = np.random.default_rng(1)
    matrix, bias = draw.normal(size=(3, 4)), draw.normal(size=3)
    graph = GraphWriter()
    signal = graph.input("x", ["rows", 4])
    weights = [graph.constant(one.astype(np.float32)) for one in (matrix, bias)]
    made = graph.node("Gemm", signal, *weights, transB=1, alpha=0.5)
    summed = graph.node("ReduceMean", made, axes=[1], keepdims=1)
    turned = graph.node("Reshape", summed, graph.constant(np.array([1, -1])))
    rows = draw.normal(size=(5, 4)).astype(np.float32)
    (found,) = open_graph(graph.written({turned: [1, "rows"]}), 1).run(None, {"x": rows})
    expected = (0.5 * rows @ matrix.T + bias).mean(axis=1)[np.newaxis]
    assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.torch
def test_a_recurrent_layer_gives_what_torch_gives():
    import torch

    from tonmeister.models.pyannote import gates_reordered

    with torch.random.fork_rng():
        torch.manual_seed(1)
        layer = torch.nn.LSTM(6, 5)
    stored = {name: tensor.detach().numpy() for name, tensor in layer.named_parameters()}
    graph = GraphWriter()
    signal = graph.input("x", ["steps", "batch", 6])
    parts = [gates_reordered(stored[f"weight_{part}_l0"])[np.newaxis] for part in ("ih", "hh")]
    biases = [gates_reordered(stored[f"bias_{part}_l0"]) for part in ("ih", "hh")]
    constants = [graph.constant(one) for one in (*parts, np.concatenate(biases)[np.newaxis])]
    _, last, _ = graph.add("LSTM", signal, *constants, outputs=3, hidden_size=5)
    given = np.random.default_rng(2).normal(size=(7, 2, 6)).astype(np.float32)
    (found,) = open_graph(graph.written({last: [1, "batch", 5]}), 1).run(None, {"x": given})
    with torch.no_grad():
        expected = layer(torch.from_numpy(given))[1][0].numpy()
    assert np.allclose(found, expected, atol=1e-5)
