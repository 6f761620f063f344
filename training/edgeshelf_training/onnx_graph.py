"""Writes the encoder as an ONNX graph: int8 weights behind DequantizeLinear, float32 compute, one history a call.

The graph is laid node by node rather than traced: it answers for the newest entry only, derives every shape and the
causal mask from `positions`, and uses operators that ONNX Runtime's WASM build has at opset 17.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .encoder import MASKED, Encoder, Towers

OPSET = 17
# How weight matrices are stored; norms, biases and the compute are float32 in each.
WEIGHTS = ("float32", "float16", "int8 per tensor", "int8 per channel")
SHIPPED = "int8 per channel"


class _Graph:
    """Collects nodes and weights; each call of an operator gives back the name of its output."""

    def __init__(self, weights_as: str) -> None:
        self.weights_as = weights_as
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def const(self, value: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def whole(self, *values: int) -> str:
        return self.const(np.array(values, np.int64))

    def matrix(self, value: np.ndarray, axis: int) -> str:
        """A weight matrix as WEIGHTS says: int8 has a scale for each index of `axis`, or one for all."""
        value = value.astype(np.float32)
        if self.weights_as == "float32":
            return self.const(value)
        if self.weights_as == "float16":
            return self.op("Cast", self.const(value.astype(np.float16)), to=TensorProto.FLOAT)
        top = np.abs(value).max(axis=tuple(a for a in range(value.ndim) if a != axis))
        if self.weights_as == "int8 per tensor":
            top = np.full_like(top, top.max())
        scale = np.where(top > 0, top / 127, 1).astype(np.float32)
        shape = [-1 if a == axis else 1 for a in range(value.ndim)]
        quantised = np.clip(np.floor(value / scale.reshape(shape) + 0.5), -127, 127).astype(np.int8)
        zero = self.const(np.zeros(len(scale), np.int8))
        return self.op("DequantizeLinear", self.const(quantised), self.const(scale), zero, axis=axis)

    def linear(self, x: str, layer) -> str:
        """x [1,T,I] -> [1,T,O]; the weight is stored [I,O], one scale an output channel."""
        weight = self.matrix(layer.weight.detach().numpy().T, axis=1)
        return self.op("Add", self.op("MatMul", x, weight), self.const(layer.bias.detach().numpy()))

    def norm(self, x: str, layer) -> str:
        weight, bias = (self.const(p.detach().numpy()) for p in (layer.weight, layer.bias))
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=layer.eps)


def encoder_graph(encoder: Towers, weights_as: str = SHIPPED) -> onnx.ModelProto:
    """vectors f32[1,T,D], kinds, gaps, positions i32[1,T], context i32[1,4] -> queries f32[1,1,D].

    `weights_as` is one of WEIGHTS.
    """
    g = _Graph(weights_as)
    steps = g.op("Cast", "positions", to=TensorProto.INT64)  # [1,T]
    answers, start = [], 0
    for tower in encoder.towers:
        part = "vectors"
        if len(encoder.towers) > 1:
            part = g.op("Slice", "vectors", g.whole(start), g.whole(start + tower.dim), g.whole(2))
        answers.append(_tower(g, part, steps, tower))
        start += tower.dim
    last = ("Concat", {"axis": -1}) if len(answers) > 1 else ("Identity", {})
    g.nodes.append(helper.make_node(last[0], answers, ["queries"], name="queries", **last[1]))
    whole = TensorProto.INT32
    inputs = [
        helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, "T", start]),
        helper.make_tensor_value_info("kinds", whole, [1, "T"]),
        helper.make_tensor_value_info("gaps", whole, [1, "T"]),
        helper.make_tensor_value_info("positions", whole, [1, "T"]),
        helper.make_tensor_value_info("context", whole, [1, 4]),
    ]
    output = helper.make_tensor_value_info("queries", TensorProto.FLOAT, [1, 1, start])
    graph = helper.make_graph(g.nodes, "encoder", inputs, [output], g.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="edgeshelf")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def _tower(g: _Graph, vectors: str, steps: str, encoder: Encoder) -> str:
    """One tower's answer for the newest entry, [1,1,D]."""
    x = g.norm(vectors, encoder.norm_in)
    for table, name in ((encoder.kinds, "kinds"), (encoder.gaps, "gaps")):
        x = g.op("Add", x, g.op("Gather", g.matrix(table.weight.detach().numpy(), axis=0), name))
    for column, table in enumerate(encoder.context):
        index = g.op("Gather", "context", g.whole(column), axis=1)  # [1,1]
        x = g.op("Add", x, g.op("Gather", g.matrix(table.weight.detach().numpy(), axis=0), index))
    for block in encoder.blocks:
        x = _block(g, x, steps, block, encoder.dim, newest_only=block is encoder.blocks[-1])
    return g.norm(x, encoder.norm_out)


def _block(g: _Graph, x: str, steps: str, block, dim: int, newest_only: bool) -> str:
    """One pre-norm block; the last one computes the newest entry only, [1,1,D]."""
    heads, wide = block.heads, dim // block.heads
    y = g.norm(x, block.norm_attention)
    own, own_y, own_steps = x, y, steps
    if newest_only:
        newest, end, axis = g.whole(-1), g.whole(np.iinfo(np.int64).max), g.whole(1)
        own, own_y, own_steps = (g.op("Slice", z, newest, end, axis) for z in (x, y, steps))

    def split(z: str) -> str:
        return g.op("Transpose", g.op("Reshape", z, g.whole(1, -1, heads, wide)), perm=[0, 2, 1, 3])  # [1,H,*,D/H]

    query, key, value = (
        split(g.linear(own_y, block.query)),
        split(g.linear(y, block.key)),
        split(g.linear(y, block.value)),
    )
    back = g.op("Sub", g.op("Unsqueeze", steps, g.whole(1)), g.op("Unsqueeze", own_steps, g.whole(2)))  # [1,Q,T]
    low, high = g.const(np.int64(0)), g.const(np.int64(block.length - 1))
    bias = g.op("Gather", g.const(block.distance.detach().numpy()), g.op("Clip", back, low, high))  # [1,Q,T,H]
    bias = g.op("Transpose", bias, perm=[0, 3, 1, 2])  # [1,H,Q,T]
    future = g.op("Unsqueeze", g.op("Less", back, low), g.whole(1))  # [1,1,Q,T]
    bias = g.op("Where", future, g.const(np.float32(MASKED)), bias)
    logits = g.op("MatMul", query, g.op("Transpose", key, perm=[0, 1, 3, 2]))
    logits = g.op("Add", g.op("Mul", logits, g.const(np.float32(wide**-0.5))), bias)
    mixed = g.op("MatMul", g.op("Softmax", logits, axis=-1), value)  # [1,H,Q,D/H]
    mixed = g.op("Reshape", g.op("Transpose", mixed, perm=[0, 2, 1, 3]), g.whole(1, -1, dim))
    own = g.op("Add", own, g.linear(mixed, block.out))
    up = g.op("Relu", g.linear(g.norm(own, block.norm_forward), block.up))
    return g.op("Add", own, g.linear(up, block.down))
