import dataclasses

import numpy as np
import pytest
import torch

from edgeshelf_training import fit_encoder
from edgeshelf_training import fit_towers as module
from edgeshelf_training.config import PRESETS
from edgeshelf_training.corpus import histories_from_lists
from edgeshelf_training.errors import InputError
from edgeshelf_training.fit_towers import fit_towers
from edgeshelf_training.progress import Progress
from edgeshelf_training.split import leave_one_out

CONFIG = dataclasses.replace(PRESETS["tiny"], towers=2, epochs=3)
LOG = histories_from_lists([[(u + k * (1 + u % 3)) % 30 for k in range(6)] for u in range(60)])
SPLIT = leave_one_out(LOG)
FEATURES = [np.random.default_rng(2).standard_normal((30, 6)).astype(np.float32)]


def fit(monkeypatch: pytest.MonkeyPatch, small_log: int, config=CONFIG, features=FEATURES, frozen=None):
    monkeypatch.setattr(module, "SMALL_LOG", small_log)
    progress = Progress(quiet=True)
    return fit_towers(
        LOG, SPLIT.train, SPLIT.validation, [features] * config.towers, 30, config, False, progress, frozen
    )


def test_towers_in_processes_are_those_fitted_in_turn(monkeypatch: pytest.MonkeyPatch):
    in_turn, at_once = (fit(monkeypatch, limit) for limit in (10**9, 0))
    assert in_turn.vectors.tobytes() == at_once.vectors.tobytes()
    for one, other in zip(in_turn.encoder.parameters(), at_once.encoder.parameters(), strict=True):
        assert torch.equal(one, other)
    assert [t.curve for t in in_turn.towers] == [t.curve for t in at_once.towers]


def test_towers_differ_and_a_frozen_schedule_gives_them_again(monkeypatch: pytest.MonkeyPatch):
    first = fit(monkeypatch, 10**9)
    left, right = np.split(first.vectors, 2, axis=1)
    assert not np.allclose(left, right)
    again = fit(monkeypatch, 10**9, frozen=first.schedules)
    assert again.vectors.tobytes() == first.vectors.tobytes()
    assert [t.validation_ndcg for t in again.towers] == [-1.0, -1.0]
    assert [len(t.curve) for t in again.towers] == [s.epochs for s in first.schedules]


def test_a_failure_in_a_tower_s_process_is_the_caller_s(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InputError, match="CUDA"):
        monkeypatch.setattr(module, "choose_device", lambda _: torch.device("cpu"))
        fit(monkeypatch, 0, dataclasses.replace(CONFIG, device="cuda:7"))


def test_a_fit_that_diverges_says_so_and_one_without_validation_keeps_its_last_epoch(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(InputError, match="learning_rate"):
        fit(monkeypatch, 10**9, dataclasses.replace(CONFIG, learning_rate=1e30))
    monkeypatch.setattr(module, "SMALL_LOG", 10**9)
    nothing = SPLIT.validation[:0]
    blind = fit_towers(LOG, SPLIT.train, nothing, [FEATURES] * CONFIG.towers, 30, CONFIG, False, Progress(quiet=True))
    assert [s.epochs for s in blind.schedules] == [3, 3]


def test_equal_scores_count_against_a_checkpoint():
    encoder = fit_encoder.Encoder(CONFIG).eval()
    flat = np.zeros((30, CONFIG.dim), np.float32)
    assert fit_encoder.validate(encoder, flat, LOG, SPLIT.validation, CONFIG.length, False) == 0.0
