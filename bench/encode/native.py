"""Times encoder graphs in onnxruntime's native CPU build, one thread: the peer of worker.ts, for bench/encode.ts.

A line of JSON with file, dim, steps and runs in; the milliseconds that all runs took out.
"""

import json
import sys
import time

import numpy as np
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
options.add_session_config_entry("session.disable_quant_qdq", "1")  # int8 becomes float32 at loading
sessions: dict[str, onnxruntime.InferenceSession] = {}

for line in sys.stdin:
    asked = json.loads(line)
    file, dim, steps = asked["file"], asked["dim"], asked["steps"]
    if file not in sessions:
        sessions[file] = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    inputs = {
        "vectors": np.sin(np.arange(steps * dim)).astype(np.float32).reshape(1, steps, dim),
        "kinds": np.ones((1, steps), np.int32),
        "gaps": np.zeros((1, steps), np.int32),
        "positions": np.arange(steps - 1, -1, -1, dtype=np.int32)[None],
        "context": np.zeros((1, 4), np.int32),
    }
    for timed in (False, True):
        started = time.perf_counter()
        for _ in range(asked["runs"]):
            sessions[file].run(["queries"], inputs)
        if timed:
            print(json.dumps((time.perf_counter() - started) * 1000), flush=True)
