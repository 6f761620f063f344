"""Runs an encoder graph as serving does: ONNX Runtime on the CPU, one history a call, no padding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from .errors import InputError


class EncoderSession:
    """A loaded graph. `length` is L: only the newest L entries of a history are read."""

    def __init__(self, model: bytes | Path, length: int, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        # As at the edge: int8 weights are folded to float32 when the graph loads. Otherwise onnxruntime 1.32 makes
        # MatMulNBits of them, which quantises the activations too and is then up to 0.7% off.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        source = model if isinstance(model, bytes) else str(model)
        try:
            self.session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own classes differ between versions; all mean: not loadable
            label = "graph" if isinstance(model, bytes) else str(model)
            raise InputError(f"{label}: ONNX Runtime cannot load it ({error})") from None
        self.length = length

    def query(self, vectors: np.ndarray, kinds: np.ndarray, gaps: np.ndarray, context: np.ndarray) -> np.ndarray:
        """vectors f32[T,D] oldest first, kinds and gaps [T], context [4] -> f32[D]."""
        steps = min(len(vectors), self.length)
        gaps = gaps[-steps:].astype(np.int32)
        gaps[0] = 0  # the first entry that is read has no gap
        feeds = {
            "vectors": vectors[None, -steps:].astype(np.float32),
            "kinds": kinds[None, -steps:].astype(np.int32),
            "gaps": gaps[None],
            "positions": np.arange(steps - 1, -1, -1, dtype=np.int32)[None],
            "context": context[None].astype(np.int32),
        }
        return self.session.run(["queries"], feeds)[0][0, 0]
