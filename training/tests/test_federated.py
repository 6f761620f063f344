import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import shop_sequences, write_sequences

from edgeshelf_training.__main__ import main
from edgeshelf_training.config import PRESETS
from edgeshelf_training.errors import InputError
from edgeshelf_training.federated import Course, averaged, make_shops

TINY = dataclasses.replace(PRESETS["tiny"], min_steps_per_epoch=2)
COURSE = Course(rounds=2, local_epochs=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_sequences(tmp_path_factory.mktemp("federated") / "data", *shop_sequences(120))


def test_every_shopper_is_in_one_shop_and_all_shops_start_alike(data: Path):
    shops, pooled = make_shops(data, 3, None, TINY, COURSE)
    assert [shop.corpus.log.histories for shop in shops] == [40, 40, 40]
    assert sum(shop.targets for shop in shops) == pooled.targets
    first = shops[0].shared(with_items=True)
    for shop in shops[1:]:
        assert all(np.array_equal(value, first[name]) for name, value in shop.shared(with_items=True).items())


def test_what_leaves_a_shop_has_nothing_of_its_item_vectors_unless_told_and_no_size_of_its_log(data: Path):
    (shop, other, _), pooled = make_shops(data, 3, None, TINY, COURSE)
    shop.fit_round()
    items = len(shop.corpus.items)
    assert all(value.shape[:1] != (items,) for value in shop.shared(with_items=False).values())
    assert shop.shared(with_items=True)["items"].shape == (items, TINY.dim)
    assert {n: v.shape for n, v in shop.shared(True).items()} == {n: v.shape for n, v in pooled.shared(True).items()}
    own = other.table.free.detach().clone()
    other.adopt(shop.shared(with_items=False))
    mine, theirs = shop.shared(False), other.shared(False)
    assert all(np.array_equal(mine[name], theirs[name]) for name in mine)
    assert np.array_equal(other.table.free.detach(), own)


def test_a_mean_over_shops_is_one_over_shoppers(data: Path):
    shops, _ = make_shops(data, 2, 61, TINY, COURSE)
    assert [len(shop.tests) for shop in shops] == [31, 30]
    assert averaged(shops, [1.0, 0.0]) == pytest.approx(31 / 61)


def test_too_few_shoppers_for_the_shops_are_refused(data: Path):
    with pytest.raises(InputError, match="--shops 7"):
        make_shops(data, 7, None, TINY, COURSE)
    with pytest.raises(InputError, match="--shops 1"):
        make_shops(data, 1, None, TINY, COURSE)


def test_without_flower_the_command_says_what_to_install(data: Path, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "flwr", None)
    monkeypatch.delitem(__import__("sys").modules, "edgeshelf_training.federated_flower", raising=False)
    assert main(["federated", "--data", str(data)]) == 2
    assert "requirements-flower.lock" in capsys.readouterr().err


def test_flower_averages_by_targets_what_shops_share(data: Path):
    pytest.importorskip("flwr")
    from edgeshelf_training.federated_flower import federate

    course = Course(rounds=1, local_epochs=1)
    shops, _ = make_shops(data, 3, 100, TINY, course)
    by_hand, _ = make_shops(data, 3, 100, TINY, course)
    federate(shops, course, with_items=False)
    for shop in by_hand:
        shop.fit_round()
    weights = [shop.targets for shop in by_hand]
    for name, value in shops[0].shared(False).items():
        mean = np.average([shop.shared(False)[name] for shop in by_hand], axis=0, weights=weights)
        assert np.allclose(value, mean, atol=1e-6), name
    assert not np.array_equal(shops[0].table.free.detach(), shops[1].table.free.detach())


def test_the_command_compares_shops_alone_averaged_and_pooled(data: Path, tmp_path: Path):
    pytest.importorskip("flwr")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"dim": 16, "length": 8, "blocks": 1, "heads": 1, "hidden": 32, "content_dim": 16}))
    out = tmp_path / "out.json"
    options = ["--shops", "3", "--rounds", "2", "--config", str(config), "--json", str(out)]
    assert main(["federated", "--data", str(data), *options]) == 0
    found = json.loads(out.read_text())
    assert set(found["ndcg@10"]) == {"pooled", "alone", "federated", "federatedWithItems"}
    assert all(0 < value <= 1 for value in found["ndcg@10"].values())
    assert all(len(scores) == 3 for scores in found["byShop"].values())
    assert found["users"] == 120
