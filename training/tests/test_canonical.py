import json
from pathlib import Path

import numpy as np
from conftest import run, shop_sequences, write_sequences

from edgeshelf_training.canonical import canonicalise
from edgeshelf_training.read_sequences import read_sequences


def renamed(seed: int):
    """The made-up shop with new item ids, shuffled lines of both files and new user names."""
    items, histories = shop_sequences()
    rng = np.random.default_rng(seed)
    names = dict(zip(items, [f"x{n}" for n in rng.permutation(len(items))], strict=True))
    shuffled = [list(items)[k] for k in rng.permutation(len(items))]
    moved = [histories[k] for k in rng.permutation(len(histories))]
    return {names[i]: items[i] for i in shuffled}, [[names[i] for i in h] for h in moved], names


def test_rows_and_histories_do_not_depend_on_ids_or_on_the_order_of_lines(tmp_path: Path):
    items, histories, names = renamed(1)
    one = canonicalise(read_sequences(write_sequences(tmp_path / "a", *shop_sequences())), 3)
    two = canonicalise(read_sequences(write_sequences(tmp_path / "b", items, histories)), 3)
    assert [names[item.id] for item in one.items] == [item.id for item in two.items]
    assert one.log.rows.tolist() == two.log.rows.tolist()
    assert one.log.offsets.tolist() == two.log.offsets.tolist()


def test_items_without_content_are_told_apart_by_where_they_stand(tmp_path: Path):
    _, histories, names = renamed(2)
    for folder, lists in (("a", shop_sequences()[1]), ("b", histories)):
        write_sequences(tmp_path / folder, {}, lists)
    one = canonicalise(read_sequences(tmp_path / "a"), 3)
    two = canonicalise(read_sequences(tmp_path / "b"), 3)
    assert [names[item.id] for item in one.items] == [item.id for item in two.items]


def test_another_seed_gives_another_order(tmp_path: Path):
    corpus = read_sequences(write_sequences(tmp_path, *shop_sequences()))
    one, two = canonicalise(corpus, 3), canonicalise(corpus, 4)
    assert [i.id for i in one.items] != [i.id for i in two.items]


def test_reordering_keeps_every_history(tmp_path: Path):
    _, histories = shop_sequences()
    corpus = canonicalise(read_sequences(write_sequences(tmp_path, *shop_sequences())), 3)
    spans = zip(corpus.log.offsets[:-1], corpus.log.offsets[1:], strict=True)
    found = [[corpus.items[row].id for row in corpus.log.rows[a:b]] for a, b in spans]
    assert sorted(found) == sorted(histories)


def test_training_on_renamed_items_gives_the_same_release(tmp_path: Path, sequence_release: Path):
    items, histories, names = renamed(4)
    again = run(write_sequences(tmp_path / "data", items, histories), tmp_path / "release")
    before = json.loads((sequence_release / "manifest.json").read_text())
    assert again.manifest["metrics"] == before["metrics"]
    for name in ("encoder.int8.onnx", "fusion.json", "transitions.bin", "similar.bin", "bought.bin", "text.bin"):
        assert (tmp_path / "release" / name).read_bytes() == (sequence_release / name).read_bytes(), name
    popular = json.loads((sequence_release / "popular.json").read_text())["overall"]
    assert json.loads((tmp_path / "release" / "popular.json").read_text())["overall"] == [names[i] for i in popular]
