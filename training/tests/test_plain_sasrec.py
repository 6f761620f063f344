from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import shop_sequences

import edgeshelf_training.plain_sasrec as plain
from edgeshelf_training.config import PRESETS
from edgeshelf_training.corpus import Corpus, Item, histories_from_lists
from edgeshelf_training.plain_sasrec import (
    PlainSasrec,
    fit_and_rank_plain_sasrec,
    fit_plain_sasrec,
    rank_plain_sasrec,
)
from edgeshelf_training.progress import Progress
from edgeshelf_training.split import leave_one_out

CONFIG = replace(PRESETS["tiny"], device="cpu", dropout=0.1, epochs=6, learning_rate=1e-2)
QUIET = Progress(quiet=True)


def shop(keep_seen: bool = False) -> Corpus:
    items, histories = shop_sequences()
    row_of = {item: row for row, item in enumerate(items)}
    log = histories_from_lists([[row_of[item] for item in history] for history in histories])
    return Corpus("sequences", tuple(Item(item) for item in items), log, keep_seen=keep_seen)


@pytest.fixture
def model() -> PlainSasrec:
    torch.manual_seed(3)
    made = PlainSasrec(12, CONFIG).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return made


def test_future_items_and_padding_are_not_read(model: PlainSasrec):
    newest = torch.tensor([2])
    short = model(torch.tensor([[1, 2, 3]]), newest)
    padded = model(torch.tensor([[1, 2, 3, 9, 9]]), newest)
    assert torch.allclose(short, padded[:, :3], atol=1e-5)
    assert not torch.allclose(short, model(torch.tensor([[1, 7, 3]]), newest), atol=1e-2)


def test_the_order_of_a_history_is_read(model: PlainSasrec):
    newest = torch.tensor([2])
    one, other = (model(torch.tensor([rows]), newest)[0, 2] for rows in ([1, 2, 3], [2, 1, 3]))
    assert not torch.allclose(one, other, atol=1e-2)


def test_ranks_are_those_of_sorting_all_unseen_items(model: PlainSasrec):
    log = histories_from_lists([[1, 2, 3], [4, 5, 4], list(range(11, -1, -1))])
    corpus = Corpus("sequences", tuple(Item(str(k)) for k in range(12)), log)
    cases = np.array([[0, 2], [3, 5], [6, 17]])  # the third history is longer than the model reads
    found = rank_plain_sasrec(model, corpus, cases, 12)
    assert found[1] == -1  # the target stands in its history
    assert found[2] == 0  # all items but the target are seen
    scores = (model(torch.tensor([[1, 2]]), torch.tensor([1]))[0, 1] @ model.items.weight.T).detach().numpy()
    unseen = [row for row in np.argsort(-scores).tolist() if row not in (1, 2)]
    assert found[0] == unseen.index(3)
    kept = rank_plain_sasrec(model, replace(corpus, keep_seen=True), cases, 12)
    assert kept[0] == np.argsort(-scores).tolist().index(3) and kept[1] >= 0
    assert rank_plain_sasrec(model, corpus, cases, int(found[0]))[0] == -1  # just outside the cut


def test_it_learns_what_follows_and_repeats_bit_by_bit():
    corpus = shop()
    split = leave_one_out(corpus.log)
    ranks = [
        fit_and_rank_plain_sasrec(corpus, split.train, split.validation, split.test, CONFIG, QUIET) for _ in range(2)
    ]
    assert np.array_equal(ranks[0], ranks[1])
    inside = ((ranks[0] >= 0) & (ranks[0] < 3)).mean()
    assert inside > 0.4  # the ring's next item; by chance 3 of 48


def test_the_kept_epoch_is_the_best_on_validation_and_a_refit_runs_it_without():
    corpus = shop()
    split = leave_one_out(corpus.log)
    fit = fit_plain_sasrec(corpus, split.train, split.validation, CONFIG, QUIET)
    measured = plain.ndcg_each(rank_plain_sasrec(fit.model, corpus, split.validation, 10)).mean()
    assert measured == pytest.approx(fit.validation_ndcg)
    again = fit_plain_sasrec(corpus, split.train, split.validation[:0], replace(CONFIG, epochs=fit.epochs), QUIET)
    assert again.epochs == fit.epochs
    assert torch.equal(again.model.items.weight, fit.model.items.weight)


def test_a_fit_stops_once_validation_no_longer_gains():
    corpus = shop()
    split = leave_one_out(corpus.log)
    config = replace(CONFIG, learning_rate=0.0, epochs=50, patience=2)  # learns nothing: the first epoch stays best
    told: list[int] = []

    class Told(Progress):
        def tell(self, share: float, **facts: object) -> None:
            told.append(facts.get("epoch"))

    assert fit_plain_sasrec(corpus, split.train, split.validation, config, Told(quiet=True)).epochs == 1
    assert told == [1, 2, 3]


def test_a_large_catalogue_is_sampled_and_still_learns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plain, "FULL_SOFTMAX_ITEMS", 10)
    corpus = shop()
    split = leave_one_out(corpus.log)
    config = replace(CONFIG, negatives=16)
    ranks = fit_and_rank_plain_sasrec(corpus, split.train, split.validation, split.test, config, QUIET)
    assert ((ranks >= 0) & (ranks < 3)).mean() > 0.4
