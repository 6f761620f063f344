"""The other layouts and the edges of size: prescribed tests, CSV logs, logs too small to test on."""

import json
from pathlib import Path

import numpy as np
from conftest import NOW, run, shop_event, shop_sequences, write_events, write_gzip

from edgeshelf_training.release import read_release
from edgeshelf_training.train import read_corpus


def test_prescribed_sessions_keep_seen_items_and_train_on_no_test_row(tmp_path: Path):
    _, histories = shop_sequences(200)
    write_gzip(tmp_path / "train_sessions.txt.gz", [" ".join(h) for h in histories])
    # the targets are an item that no training session holds, except one that repeats its own prefix
    write_gzip(tmp_path / "test.tsv.gz", [*(f"i1 i2\tonly-here-{k}" for k in range(20)), "i1 i2\ti2"])
    outcome = run(tmp_path, tmp_path / "out")
    metrics = outcome.manifest["metrics"]
    assert metrics["protocol"] == {
        "split": "given", "candidates": "full", "seen": "kept", "reads": "ids", "targets": 21,
    }  # fmt: skip
    assert outcome.manifest["trainedOn"]["boundary"] == "tune"
    release = read_release(tmp_path / "out")
    rows = [release.ids.index(f"only-here-{k}") for k in range(20)]
    assert (release.tables.popularity[rows] == 0).all()
    assert release.tables.counted["transitions"][:, rows].nnz == 0


def test_a_csv_log_counts_a_visitor_once_and_reads_transactions_as_purchases(tmp_path: Path):
    lines = ["timestamp,visitorid,event,itemid,sessionid,categoryid"]
    lines += [f"{1000 + s},{s // 2},view,a,{s},7" for s in range(4)]
    lines += [f"{2000 + s},{s // 2},transaction,b,{s},8" for s in range(4)]
    write_gzip(tmp_path / "events.csv.gz", lines)
    corpus = read_corpus(tmp_path, NOW, False)
    assert corpus.log.histories == 4
    assert len(set(corpus.log.visitors.tolist())) == 2
    assert corpus.log.kinds.tolist() == [1, 4] * 4
    assert [(item.id, item.category) for item in corpus.items] == [("a", "7"), ("b", "8")]


def test_a_first_days_log_too_small_to_test_on_still_gives_a_release(tmp_path: Path):
    items = {"a": ("red soap", "1"), "b": ("blue soap", "2"), "c": ("soap dish", "3")}
    events = [shop_event(s, k, item, NOW - 5000 + 100 * s + k) for s in range(3) for k, item in enumerate("ab")]
    outcome = run(write_events(tmp_path / "data", events, items), tmp_path / "out")
    assert outcome.manifest["items"]["count"] == 3
    answers = json.loads((tmp_path / "out" / "parity.json").read_text())["histories"]
    assert len(answers) == 64
    assert all(np.isfinite(answer["query"]).all() for answer in answers)


def test_a_log_of_single_views_gives_a_release_of_what_is_popular(tmp_path: Path):
    items = {"a": ("red soap", "1"), "b": ("blue soap", "2")}
    events = [shop_event(s, 0, "b" if s % 3 else "a", NOW - 5000 + s) for s in range(9)]
    run(write_events(tmp_path / "data", events, items), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "popular.json").read_text())["overall"] == ["b", "a"]
