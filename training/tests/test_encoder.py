import numpy as np
import onnx
import pytest
import torch

from edgeshelf_training.batches import NO_TARGET, Windows
from edgeshelf_training.config import PRESETS, TrainConfig
from edgeshelf_training.corpus import histories_from_lists
from edgeshelf_training.encoder import Encoder
from edgeshelf_training.onnx_graph import encoder_graph
from edgeshelf_training.run_encoder import EncoderSession
from edgeshelf_training.softmax_loss import full_softmax_loss, sampled_softmax_loss

CONFIG = TrainConfig(dim=16, length=8, blocks=2, heads=2, hidden=32)


@pytest.fixture
def encoder() -> Encoder:
    """Every parameter random, so that no input is without effect by accident."""
    torch.manual_seed(1)
    made = Encoder(CONFIG)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        for table in (made.kinds, made.gaps, *made.context):
            table.weight[0] = 0  # unknown adds nothing
    return made.eval()


def inputs(steps: int, batch: int = 1) -> dict[str, torch.Tensor]:
    g = torch.Generator().manual_seed(2)
    return {
        "vectors": torch.randn(batch, steps, CONFIG.dim, generator=g),
        "kinds": torch.randint(1, 6, (batch, steps), generator=g),
        "gaps": torch.randint(0, 16, (batch, steps), generator=g),
        "positions": torch.arange(steps - 1, -1, -1)[None],
        "context": torch.randint(0, 5, (batch, 4), generator=g),
    }


def test_future_items_are_not_read(encoder: Encoder):
    x = inputs(6)
    before = encoder(**x)
    x["vectors"][:, 4:] += 5.0
    x["kinds"][:, 4:] = 0
    after = encoder(**x)
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_padding_never_changes_the_answer(encoder: Encoder):
    x = inputs(5)
    alone = encoder(**x)[0, 4]
    padded = dict(x)
    padded["vectors"] = torch.cat([x["vectors"], torch.full((1, 3, CONFIG.dim), 9.0)], 1)
    padded["kinds"] = torch.cat([x["kinds"], torch.ones(1, 3, dtype=torch.int64)], 1)
    padded["gaps"] = torch.cat([x["gaps"], torch.ones(1, 3, dtype=torch.int64)], 1)
    padded["positions"] = torch.arange(7, -1, -1)[None]
    assert torch.allclose(encoder(**padded)[0, 4], alone, atol=1e-6)


def test_the_order_of_the_history_matters(encoder: Encoder):
    x = inputs(4)
    turned = dict(x, vectors=x["vectors"].flip(1), kinds=x["kinds"].flip(1), gaps=x["gaps"].flip(1))
    assert not torch.allclose(encoder(**x)[0, -1], encoder(**turned)[0, -1], atol=1e-3)


@pytest.mark.parametrize("steps", [1, 2, 8])
@pytest.mark.parametrize("int8", [True, False])
def test_the_graph_answers_as_torch_does(encoder: Encoder, steps: int, int8: bool):
    x = inputs(steps)
    wanted = encoder(**x)[0, -1].detach().numpy()
    session = EncoderSession(encoder_graph(encoder, CONFIG.dim, int8).SerializeToString(), CONFIG.length)
    x["gaps"][0, 0] = 0
    wanted = encoder(**x)[0, -1].detach().numpy()
    parts = [x[name][0].numpy() for name in ("vectors", "kinds", "gaps", "context")]
    found = session.query(*parts)
    cosine = float(found @ wanted / np.linalg.norm(found) / np.linalg.norm(wanted))
    assert np.abs(found - wanted).max() < (0.15 if int8 else 1e-4)
    assert cosine > (0.999 if int8 else 0.999999)


def test_the_graph_reads_only_the_newest_entries(encoder: Encoder):
    session = EncoderSession(encoder_graph(encoder, CONFIG.dim).SerializeToString(), CONFIG.length)
    x = {name: value[0].numpy() for name, value in inputs(12).items()}
    whole = session.query(x["vectors"], x["kinds"], x["gaps"], x["context"])
    newest = session.query(x["vectors"][-8:], x["kinds"][-8:], x["gaps"][-8:], x["context"])
    assert whole.tolist() == newest.tolist()


def test_weight_matrices_are_int8_in_the_graph(encoder: Encoder):
    graph = encoder_graph(encoder, CONFIG.dim).graph
    large = [w for w in graph.initializer if np.prod(w.dims) >= CONFIG.dim * CONFIG.dim]
    assert len(large) == 6 * CONFIG.blocks + 1  # query, key, value, out, up, down, and the gap table
    assert {w.data_type for w in large} == {onnx.TensorProto.INT8}


def test_windows_ask_for_every_next_item_once():
    log = histories_from_lists([[0, 1, 2, 3, 4, 5, 6], [7, 8], [9]])
    spans = np.stack([log.offsets[:-1], log.offsets[1:]], 1)
    windows = Windows(log, spans, length=4, keep_seen=False)
    asked = []
    for batch in windows.batches(100, np.random.default_rng(0)):
        here = batch.targets != NO_TARGET
        asked += list(zip(batch.rows[here].tolist(), batch.targets[here].tolist(), strict=True))
    assert sorted(asked) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (7, 8)]
    assert windows.target_count == 7


def test_an_item_already_seen_is_no_target_when_seen_items_are_filtered():
    log = histories_from_lists([[0, 1, 0, 2]])
    spans = np.array([[0, 4]])
    assert Windows(log, spans, 8, keep_seen=False).targets.tolist() == [1, NO_TARGET, 2, NO_TARGET]
    assert Windows(log, spans, 8, keep_seen=True).targets.tolist() == [1, 0, 2, NO_TARGET]


def test_the_full_loss_and_its_gradient_are_those_of_cross_entropy():
    torch.manual_seed(3)
    targets = torch.randint(0, 40, (700,))
    queries, table = torch.randn(700, 8), torch.randn(40, 8)
    pairs = []
    for loss_of in (full_softmax_loss, lambda q, t, y: torch.nn.functional.cross_entropy(q @ t.T, y)):
        q, t = queries.clone().requires_grad_(), table.clone().requires_grad_()
        loss = loss_of(q, t, targets)
        (2 * loss).backward()
        pairs.append((loss.item(), q.grad, t.grad))
    assert abs(pairs[0][0] - pairs[1][0]) < 1e-5
    assert torch.allclose(pairs[0][1], pairs[1][1], atol=1e-6)
    assert torch.allclose(pairs[0][2], pairs[1][2], atol=1e-6)


def test_the_sampled_loss_estimates_the_full_one():
    torch.manual_seed(4)
    queries, table, targets = torch.randn(200, 8), 0.3 * torch.randn(3000, 8), torch.randint(0, 3000, (200,))
    full = full_softmax_loss(queries, table, targets).item()
    sampled = sampled_softmax_loss(queries, table, targets, 1000, torch.Generator().manual_seed(0)).item()
    assert abs(full - sampled) < 0.02 * full


def test_the_tiny_preset_is_a_valid_encoder():
    made = Encoder(PRESETS["tiny"])
    assert made(torch.zeros(1, 2, 16), torch.zeros(1, 2).long(), torch.zeros(1, 2).long(),
                torch.tensor([[1, 0]]), torch.zeros(1, 4).long()).shape == (1, 2, 16)  # fmt: skip
