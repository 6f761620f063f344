"""The graphs that ONNX Runtime is trimmed by are what the trainer writes today."""

import gzip
import importlib.util
from pathlib import Path

import onnx
import pytest

FOLDER = Path(__file__).parents[2] / "cli/trim"
spec = importlib.util.spec_from_file_location("make_graphs", FOLDER / "make_graphs.py")
make_graphs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_graphs)


def structure(content: bytes) -> tuple:
    """All of a model but its weights' values."""
    model = onnx.load_model_from_string(content)
    graph = model.graph
    weights = [(w.name, w.data_type, tuple(w.dims)) for w in graph.initializer]
    return list(model.opset_import), list(graph.node), list(graph.input), list(graph.output), weights


@pytest.mark.parametrize(
    "shape", make_graphs.SHAPES + make_graphs.UNSEEN, ids=lambda shape: make_graphs.name_of(*shape)
)
def test_committed_graph_is_the_trainers(shape):
    prefix = "unseen." if shape in make_graphs.UNSEEN else ""
    committed = gzip.decompress((FOLDER / f"graphs/{prefix}{make_graphs.name_of(*shape)}.onnx.gz").read_bytes())
    assert structure(committed) == structure(make_graphs.graph_of(shape))


def test_boot_encoder_is_the_trainers():
    assert structure(make_graphs.BOOT_FILE.read_bytes()) == structure(make_graphs.graph_of(make_graphs.BOOT))


def test_no_other_graph_lies_there():
    assert len(list((FOLDER / "graphs").iterdir())) == len(make_graphs.SHAPES) + len(make_graphs.UNSEEN)
