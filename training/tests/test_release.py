import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import NOW, run, shop_event, shop_events, shop_sequences, write_events, write_sequences

from edgeshelf_training import esb1
from edgeshelf_training.errors import InputError
from edgeshelf_training.quantise import quantise_query
from edgeshelf_training.release import read_release
from edgeshelf_training.sessions import clean, read_event_corpus
from edgeshelf_training.text_vectors import TextVectors

FILES = {
    "encoder.int8.onnx", "items.bin", "transitions.bin", "similar.bin", "bought.bin", "popular.json", "text.bin",
    "fusion.json", "parity.json", "next.json",
}  # fmt: skip


def test_the_manifest_names_every_file_and_is_named_by_them(event_release: Path):
    manifest = json.loads((event_release / "manifest.json").read_text())
    assert set(manifest["files"]) == FILES
    lines = ""
    for name in sorted(FILES):
        data = (event_release / name).read_bytes()
        assert manifest["files"][name] == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        lines += f"{name} {hashlib.sha256(data).hexdigest()}\n"
    assert manifest["id"] == "20231114T221320Z-" + hashlib.sha256(lines.encode()).hexdigest()[:10]
    assert manifest["createdAt"] == NOW
    assert manifest["trainedOn"]["boundary"] == "refit" and manifest["metrics"]["refit"] is None
    assert manifest["trainedOn"]["catalogueVersion"] == 7


def test_parity_scores_follow_from_the_files_alone(event_release: Path):
    """Recomputes one answer in plain loops, as another reader of the format would."""
    release = read_release(event_release)
    answer = json.loads((event_release / "parity.json").read_text())["histories"][0]
    history = [release.ids.index(item) for item in answer["items"]]
    query, scale = quantise_query(np.array(answer["query"], np.float32))
    dots = release.vectors.astype(np.int64) @ query.astype(np.int64)
    encoder = dots * (release.scales.astype(np.float64) * scale)
    unseen = [row for row in range(len(release.ids)) if row not in history]
    by_encoder = sorted(unseen, key=lambda row: (-encoder[row], row))
    assert [release.ids[row] for row in by_encoder[:10]] == answer["encoderTop"]
    raw = json.loads((event_release / "fusion.json").read_text())
    limit = next(b for b in raw["buckets"] if b["maxLength"] is None or b["maxLength"] >= len(history))
    features = {"encoder": encoder, "popular": release.tables.popularity}
    reached = set(by_encoder[: raw["encoder"]["candidates"]])
    for name in ("transitions", "similar", "bought"):
        container = esb1.read(event_release / f"{name}.bin", "neighbours").sections
        total = np.zeros(len(release.ids))
        for age, row in enumerate(reversed(history)):
            if age < len(raw[name]["decay"]):
                for k in range(container["offsets"][row], container["offsets"][row + 1]):
                    target = int(container["targets"][k])
                    total[target] += (
                        raw[name]["decay"][age] * int(container["weights"][k]) * float(container["scales"][row])
                    )
                    reached.add(target)
        features[name] = np.log(1 + raw[name]["tau"] * total)
    boost = esb1.read(event_release / "items.bin", "items").sections["boost"].astype(np.float64)
    score = sum(limit["weights"][name] * features[name] for name in features) + boost
    score += np.where(release.tables.popularity == 0, limit["unseen"], 0.0)
    best = sorted(reached - set(history), key=lambda row: (-score[row], row))[:10]
    assert [release.ids[row] for row in best] == answer["fusedTop"]
    assert np.allclose(score[best], answer["fusedScores"], rtol=1e-9)


def test_the_release_learned_the_ring(event_release: Path):
    metrics = json.loads((event_release / "manifest.json").read_text())["metrics"]["tune"]
    assert metrics["fused"]["ndcg@10"] > 3 * metrics["popular"]["ndcg@10"]
    assert metrics["fused"]["ndcg@10"] == pytest.approx(metrics["fusedFloat32"]["ndcg@10"], rel=0.02)


def test_columns_come_from_the_catalogue(event_release: Path):
    container = esb1.read(event_release / "items.bin", "items")
    items, _ = shop_events()
    ids = esb1.texts_of(container.sections["idOffsets"], container.sections["idBytes"])
    assert sorted(ids) == sorted(items)
    row = ids.index("i5")
    named = {
        a["name"]: a["values"][container.sections["attributes"][k, row]]
        for k, a in enumerate(container.meta["attributes"])
    }
    assert named == {"brand": "blue", "size": "1"}
    assert container.meta["categories"][container.sections["category"][row]] == items["i5"][0].split()[1]
    assert container.sections["price"][row] == 105


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_altered_file_is_refused_by_name(event_release: Path, tmp_path: Path, name: str):
    copy = shutil.copytree(event_release, tmp_path / "copy")
    data = bytearray((copy / name).read_bytes())
    data[-1] ^= 1
    (copy / name).write_bytes(bytes(data))
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        read_release(copy)


def test_a_catalogue_item_that_nobody_saw_gets_its_vector_from_its_content(tmp_path: Path):
    items, events = shop_events()
    data = write_events(tmp_path / "data", events, items | {"new": ("green soap no 99", "2 12")})
    run(data, tmp_path / "release")
    release = read_release(tmp_path / "release")
    text = esb1.read(tmp_path / "release" / "text.bin", "text").sections
    words = TextVectors(
        esb1.texts_of(text["wordOffsets"], text["wordBytes"]),
        text["vectors"].astype(np.float32) * text["scales"][:, None], text["idf"], text["bias"],
    )  # fmt: skip
    corpus = read_event_corpus(data, NOW, False)
    item = next(i for i in corpus.items if i.id == "new")
    wanted = words.vectors_of((item,))[0][0]
    row = release.ids.index("new")
    found = release.float_vectors[row]
    assert release.tables.popularity[row] == 0
    # Its words alone, all that the edge has of a later product, say nearly the same.
    assert float(found @ wanted / np.linalg.norm(found) / np.linalg.norm(wanted)) > 0.95


def test_bots_duplicates_and_impossible_events_are_dropped_and_counted():
    from edgeshelf_training.read_events import _event

    at = NOW - 1000
    lines = [
        shop_event(1, 0, "a", at),
        shop_event(1, 0, "a", at),  # the same id again
        shop_event(1, 1, "a", at, type="teleport"),
        shop_event(1, 2, "a", at + 5000, receivedAt=at),
        shop_event(1, 3, "a", NOW + 5000, receivedAt=None),
        shop_event(2, 0, "a", at, context={"device": "bot"}),
        shop_event(2, 1, "a", at),  # the bot's session, on a line that does not say so
        shop_event(3, 0, None, at, type="search", query="soap"),
        *(shop_event(4, k, "a", at + k) for k in range(501)),
    ]
    kept, _, dropped = clean([_event(line, "here") for line in lines], NOW)
    assert [event.id for event in kept] == ["e1-0"]
    assert dropped == {
        "duplicate": 1, "unknownType": 1, "future": 2, "bot": 2, "longSession": 501, "notHistory": 1,
    }  # fmt: skip


def test_a_refit_leaves_the_measured_model_where_it_is_asked_to(tmp_path: Path):
    data = write_sequences(tmp_path / "data", *shop_sequences())
    run(data, tmp_path / "both", boundary="refit", tune_out=tmp_path / "measured")
    run(data, tmp_path / "alone", boundary="tune")
    measured, alone = (json.loads((tmp_path / name / "manifest.json").read_text()) for name in ("measured", "alone"))
    assert measured["trainedOn"] == alone["trainedOn"]
    assert measured["files"] == alone["files"]
    both = json.loads((tmp_path / "both" / "manifest.json").read_text())
    assert both["trainedOn"]["boundary"] == "refit" and both["files"] != alone["files"]
    assert both["metrics"]["tune"] == alone["metrics"]["tune"]


def test_each_precision_and_the_baselines_are_measured_on_the_run_s_own_cases(tmp_path: Path):
    data = write_sequences(tmp_path / "data", *shop_sequences())
    outcome = run(data, tmp_path / "out", quantisation_out=tmp_path / "precisions", baselines="counted")
    tune = outcome.manifest["metrics"]["tune"]
    rows = json.loads((tmp_path / "precisions" / "quantisation.json").read_text())
    assert len(rows) == 8
    assert all((tmp_path / "precisions" / row["file"]).stat().st_size == row["encoderBytes"] for row in rows)
    (shipped,) = (row for row in rows if row["shipped"])
    (exact,) = (row for row in rows if (row["encoder"], row["items"]) == ("float32", "float32"))
    assert shipped["fused.ndcg@10"] == tune["fused"]["ndcg@10"]
    assert exact["encoder.ndcg@10"] == pytest.approx(tune["encoderFloat32"]["ndcg@10"])
    assert shipped["encoderBytes"] < exact["encoderBytes"]
    assert {"markov", "seqRules", "pctm", "transitionsTfidf"} <= set(tune)
    assert tune["markov"]["ndcg@10"] > tune["popular"]["ndcg@10"]  # the made-up histories follow a ring
