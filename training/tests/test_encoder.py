import numpy as np
import onnx
import pytest
import torch

from edgeshelf_training.batches import NO_TARGET, Windows
from edgeshelf_training.config import PRESETS, TrainConfig
from edgeshelf_training.corpus import histories_from_lists
from edgeshelf_training.encoder import Encoder, ItemVectors, Towers
from edgeshelf_training.onnx_graph import WEIGHTS, encoder_graph
from edgeshelf_training.run_encoder import EncoderSession
from edgeshelf_training.softmax_loss import draw_rows, full_softmax_loss, softmax_loss

CONFIG = TrainConfig(towers=2, dim=16, length=8, blocks=2, heads=2, hidden=32)


WIDTH = CONFIG.towers * CONFIG.dim


def random_tower() -> Encoder:
    """Every parameter random, so that no input is without effect by accident."""
    made = Encoder(CONFIG)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        for table in (made.kinds, made.gaps, *made.context):
            table.weight[0] = 0  # unknown adds nothing
    return made


@pytest.fixture
def encoder() -> Towers:
    torch.manual_seed(1)
    return Towers([random_tower() for _ in range(CONFIG.towers)]).eval()


def inputs(steps: int, batch: int = 1) -> dict[str, torch.Tensor]:
    g = torch.Generator().manual_seed(2)
    return {
        "vectors": torch.randn(batch, steps, WIDTH, generator=g),
        "kinds": torch.randint(1, 6, (batch, steps), generator=g),
        "gaps": torch.randint(0, 16, (batch, steps), generator=g),
        "positions": torch.arange(steps - 1, -1, -1)[None],
        "context": torch.randint(0, 5, (batch, 4), generator=g),
    }


def test_future_items_are_not_read(encoder: Towers):
    x = inputs(6)
    before = encoder(**x)
    x["vectors"][:, 4:] += 5.0
    x["kinds"][:, 4:] = 0
    after = encoder(**x)
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_padding_never_changes_the_answer(encoder: Towers):
    x = inputs(5)
    alone = encoder(**x)[0, 4]
    padded = dict(x)
    padded["vectors"] = torch.cat([x["vectors"], torch.full((1, 3, WIDTH), 9.0)], 1)
    padded["kinds"] = torch.cat([x["kinds"], torch.ones(1, 3, dtype=torch.int64)], 1)
    padded["gaps"] = torch.cat([x["gaps"], torch.ones(1, 3, dtype=torch.int64)], 1)
    padded["positions"] = torch.arange(7, -1, -1)[None]
    assert torch.allclose(encoder(**padded)[0, 4], alone, atol=1e-6)


def test_the_order_of_the_history_matters(encoder: Towers):
    x = inputs(4)
    turned = dict(x, vectors=x["vectors"].flip(1), kinds=x["kinds"].flip(1), gaps=x["gaps"].flip(1))
    assert not torch.allclose(encoder(**x)[0, -1], encoder(**turned)[0, -1], atol=1e-3)


@pytest.mark.parametrize("steps", [1, 2, 8])
@pytest.mark.parametrize("weights_as", WEIGHTS)
def test_the_graph_answers_as_torch_does(encoder: Towers, steps: int, weights_as: str):
    x = inputs(steps)
    wanted = encoder(**x)[0, -1].detach().numpy()
    session = EncoderSession(encoder_graph(encoder, weights_as).SerializeToString(), CONFIG.length)
    x["gaps"][0, 0] = 0
    wanted = encoder(**x)[0, -1].detach().numpy()
    parts = [x[name][0].numpy() for name in ("vectors", "kinds", "gaps", "context")]
    found = session.query(*parts)
    cosine = float(found @ wanted / np.linalg.norm(found) / np.linalg.norm(wanted))
    most = {"float32": 1e-4, "float16": 0.005, "int8 per channel": 0.15, "int8 per tensor": 0.5}[weights_as]
    assert np.abs(found - wanted).max() < most
    assert (
        cosine
        > {"float32": 0.999999, "float16": 0.99999, "int8 per channel": 0.999, "int8 per tensor": 0.99}[weights_as]
    )


def test_the_graph_reads_only_the_newest_entries(encoder: Towers):
    session = EncoderSession(encoder_graph(encoder).SerializeToString(), CONFIG.length)
    x = {name: value[0].numpy() for name, value in inputs(12).items()}
    whole = session.query(x["vectors"], x["kinds"], x["gaps"], x["context"])
    newest = session.query(x["vectors"][-8:], x["kinds"][-8:], x["gaps"][-8:], x["context"])
    assert whole.tolist() == newest.tolist()


def test_weight_matrices_are_int8_in_the_graph(encoder: Towers):
    graph = encoder_graph(encoder).graph
    large = [w for w in graph.initializer if np.prod(w.dims) >= CONFIG.dim * CONFIG.dim]
    each = 6 * CONFIG.blocks + 1  # query, key, value, out, up, down, and the gap table
    assert len(large) == CONFIG.towers * each
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
    draw = draw_rows(targets, 3000, 1000, torch.Generator().manual_seed(0))
    sampled = softmax_loss(queries, table[draw.rows], draw.place, draw.offsets).item()
    assert len(torch.unique(draw.rows)) == len(draw.rows) == 1000 + len(torch.unique(targets))
    assert torch.equal(draw.rows[draw.place], targets)
    assert abs(full - sampled) < 0.02 * full


def test_few_rows_are_all_drawn_and_the_loss_is_exact():
    torch.manual_seed(4)
    queries, table, targets = torch.randn(20, 8), torch.randn(30, 8), torch.randint(0, 30, (20,))
    draw = draw_rows(targets, 30, 1000, torch.Generator())
    exact = full_softmax_loss(queries, table, targets)
    assert torch.equal(softmax_loss(queries, table[draw.rows], draw.place, draw.offsets), exact)


def test_bfloat16_products_keep_the_loss_and_its_gradient():
    torch.manual_seed(6)
    queries, table, targets = torch.randn(300, 16), torch.randn(80, 16), torch.randint(0, 80, (300,))
    found = []
    for half in (False, True):
        q = queries.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = full_softmax_loss(q, table, targets)
        loss.backward()
        found.append((loss.item(), q.grad))
    assert abs(found[0][0] - found[1][0]) < 0.01 * found[0][0]
    assert found[0][0] != found[1][0]
    assert torch.nn.functional.cosine_similarity(found[0][1].flatten(), found[1][1].flatten(), 0) > 0.999


def test_towers_read_their_own_part_and_their_logits_add_up(encoder: Towers):
    x = inputs(5)
    whole = encoder(**x)
    vectors = x.pop("vectors")
    parts = [t(p, **x) for t, p in zip(encoder.towers, vectors.chunk(CONFIG.towers, -1), strict=True)]
    item = torch.randn(WIDTH)
    apart = sum(q[0, -1] @ v for q, v in zip(parts, item.chunk(CONFIG.towers), strict=True))
    assert torch.allclose(whole[0, -1] @ item, apart, atol=1e-5)


def test_item_vectors_of_some_rows_are_those_rows_of_all():
    generator = torch.Generator().manual_seed(3)
    features = [torch.randn(9, 5, generator=generator), torch.randn(9, 3, generator=generator)]
    table = ItemVectors(features, 9, 4, generator)
    rows = torch.tensor([7, 0, 7])
    assert torch.allclose(table(rows), table()[rows], atol=1e-6)
    assert ItemVectors([], 9, 4, generator)().shape == (9, 4)


def test_vectors_of_content_alone_are_equal_where_content_is_and_nothing_of_an_item_is_learned():
    generator = torch.Generator().manual_seed(1)
    features = torch.tensor([[1.0, 2.0], [1.0, 2.0], [0.5, 0.0]])
    table = ItemVectors([features], 3, 4, generator, learned=False)
    target = torch.ones(4)
    optimiser = torch.optim.AdamW(table.parameters(), lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        (table()[0] - target).square().sum().backward()
        optimiser.step()
    vectors = table().detach()
    assert torch.equal(vectors[0], vectors[1]) and not torch.equal(vectors[0], vectors[2])
    assert torch.equal(table.free.detach(), torch.zeros(3, 4))


def test_the_tiny_preset_is_a_valid_encoder():
    made = Encoder(PRESETS["tiny"])
    assert made(torch.zeros(1, 2, 16), torch.zeros(1, 2).long(), torch.zeros(1, 2).long(),
                torch.tensor([[1, 0]]), torch.zeros(1, 4).long()).shape == (1, 2, 16)  # fmt: skip
