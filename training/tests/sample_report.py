"""Reports to render: one with every part and products that try to break the page, and the least there can be."""

import math

from edgeshelf_training.report import (
    Comparison,
    Curve,
    Decile,
    Entry,
    Epoch,
    Example,
    Fit,
    GateRule,
    HistoryLength,
    Interval,
    LengthChange,
    Moved,
    Part,
    Product,
    Protocol,
    Quantised,
    Report,
    Score,
    SplitFacts,
    SplitPart,
    System,
    Trained,
)  # fmt: skip

SCRIPT = Product("<img src=x>", "<script>alert(1)</script>")
QUOTES = Product("a\"b'c", '10" pan, \'deep\' & "wide" onmouseover="alert(2)"')
HEBREW = Product("B00-he", "לק לציפורניים בגוון אדום עמוק")
ARABIC = Product("B00-ar", "طلاء أظافر أحمر لامع (15 مل)")
CHINESE = Product("B00-zh", "法式红色指甲油套装 长效持久 可剥离 孕妇可用 十二色礼盒装 送美甲工具")
LONG = Product("B00-long", "Nail polish " + "Donaudampfschifffahrtsgesellschaftskapitän" * 6)
BARE = Product("id-without-any-title-and-quite-a-lot-longer-than-most-ids-are-0001")
PLAIN = tuple(
    Product(f"B00{k:04d}", f"{brand} {thing}")
    for k, (brand, thing) in enumerate(
        (brand, thing)
        for brand in ("OPI", "Essie", "Butter London")
        for thing in ("Nail Lacquer, Big Apple Red", "Base Coat", "Quick Dry Top Coat 13.5 ml", "Cuticle Oil")
    )
)
DAY_S = 86_400
START = 1_714_564_800  # 2024-05-01 12:00 UTC


def interval(mean: float, half: float) -> Interval:
    return Interval(mean, mean - half, mean + half)


def curve(name: str, epochs: int, kept: int, top: float | None, fast: float) -> Curve:
    """A loss that falls and a validation NDCG@10 that peaks at `kept` with `top`."""
    points = [
        Epoch(k, 4.2 + 3.4 * math.exp(-fast * k), None if top is None else top - 0.0004 * (k - kept) ** 2 / (1 + k / 9))
        for k in range(1, epochs + 1)
    ]
    return Curve(name, tuple(points), kept)


def scores(fused: float) -> tuple[Score, ...]:
    names = (("fused", 1.0), ("encoder", 0.93), ("transitions", 0.64))
    return tuple(Score(name, fused * share, fused * share * 1.85) for name, share in names)


def comparison() -> Comparison:
    sizes = ((1, 1, 812), (2, 3, 2_140), (4, 8, 4_003), (9, None, 3_121))
    changes = ((0.0402, 0.0411), (0.0633, 0.0601), (0.0871, 0.0840), (0.0921, 0.0884))
    lengths = tuple(
        LengthChange(first, last, size, ours, theirs, interval(ours / theirs - 1, 1.1 / size**0.5))
        for (first, last, size), (ours, theirs) in zip(sizes, changes, strict=True)
    )
    gained = (Moved(PLAIN[0], 120, 1_904), Moved(SCRIPT, 0, 812), Moved(HEBREW, 14, 640), Moved(LONG, 90, 402))
    lost = (Moved(QUOTES, 2_410, 1_102), Moved(CHINESE, 801, 12), Moved(BARE, 77, 0))
    return Comparison(
        "20240501T120000Z-0123456789",
        targets=10_076,
        candidate=0.0792,
        baseline=0.0768,
        difference=Interval(0.03125, 0.01025, 0.05225),
        dropped_targets=431,
        test_from=START + 55 * DAY_S,
        gate=GateRule(-0.02, 500),
        lengths=lengths,
        overlap=0.6416,
        answers=10_076,
        gained=gained,
        lost=lost,
    )


def examples() -> tuple[Example, ...]:
    ten = (*PLAIN[:3], SCRIPT, QUOTES, HEBREW, LONG, *PLAIN[3:6])
    hit = Example(
        (Entry(PLAIN[6], "view"), Entry(SCRIPT, "cart"), Entry(ARABIC, "purchase"), Entry(BARE, "click")),
        ten, (*PLAIN[2:9], CHINESE, BARE, HEBREW), QUOTES, 17,
    )  # fmt: skip
    missed = Example((Entry(LONG, "view"),), PLAIN[:10], PLAIN[1:11], CHINESE)
    return (hit, missed, Example((Entry(HEBREW), Entry(PLAIN[1])), (*PLAIN[:9], ARABIC), None, None))


def rich_report() -> Report:
    """Every part present, with products that try to break the page."""
    systems = (
        System("fused", 0.0792, 0.1465, 0.6123, 0.7214),
        System("encoder", 0.0741, 0.1391, 0.7014, 0.6641),
        System("transitions", 0.0503, 0.0921, 0.5402, 0.7719),
        System("popular", 0.0061, 0.0142, 0.0009, 0.9993),
        System("item nearest neighbours", 0.0478, 0.0899),
        System("fusedFloat32", 0.0793, 0.1466),
        System("encoderFloat32", 0.0743, 0.1394),
    )
    lengths = ((1, 1, 812, 0.0402), (2, 3, 2_140, 0.0633), (4, 8, 4_003, 0.0871), (9, None, 3_552, 0.0921))
    sizes = [21_000 // 2**k + 31 for k in range(1, 10)]
    deciles = tuple(
        Decile(k, 1_210, size, {"fused": 0.31 / k, "encoder": 0.29 / k, "transitions": 0.22 / k**1.3})
        for k, size in enumerate(sizes, 1)
    )
    deciles += (Decile(10, 1_210, 0),)
    without = {"encoder": 0.0552, "transitions": 0.0759, "similar": 0.0786, "bought": 0.0793, "popular": 0.0790}
    day = [START + 40 * DAY_S, START + 54 * DAY_S, START + 62 * DAY_S]
    return Report(
        Trained(
            source="events",
            boundary="refit",
            events=198_502,
            sessions=22_363,
            items=12_101,
            seed=20_240_501,
            minutes=14.37,
            device="cpu, 2 threads",
            release="20240708T093000Z-9f8e7d6c5b",
            created_at=START + 68 * DAY_S,
            command="python -m edgeshelf_training train --data log --out release --baseline active",
        ),
        Protocol("temporal 70/20/10", "full", "filtered", "ids+titles+attributes", 10_507),
        SplitFacts(
            "temporal 70/20/10",
            "c0ffee" * 10 + "abcd",
            (
                SplitPart("train", 138_951, "events", START, day[0]),
                SplitPart("validation", 21_011, "targets", day[0] + 1, day[1]),
                SplitPart("test", 10_507, "targets", day[1] + 1, day[2]),
            ),
        ),
        config={"towers": 2, "dim": 64, "learning_rate": 0.002, "device": "<b>none</b>", "epochsTrained": [11, 9]},
        cleaned={"duplicate": 1_204, "unknownType": 0, "future": 3, "bot": 40_118, "longSession": 502},
        fused=interval(0.0792, 0.0041),
        bootstrap_samples=1_000,
        quantised=(
            Quantised("fused", 0.0792, 0.0793, 0.0792 / 0.0793 - 1),
            Quantised("encoder", 0.0741, 0.0743, 0.0741 / 0.0743 - 1),
        ),
        systems=systems,
        refit_systems=(
            System("fused", 0.0809, 0.1492, 0.6201, 0.7188),
            System("encoder", 0.0757, 0.1411, 0.7077, 0.6603),
        ),
        fits=(
            Fit("tune", (curve("tower 1", 16, 11, 0.0713, 0.21), curve("tower 2", 14, 9, 0.0706, 0.24)), 4_000),
            Fit("refit", (curve("tower 1", 11, 11, None, 0.2), curve("tower 2", 9, 9, None, 0.23))),
        ),
        ablation=tuple(Part(name, 0.0792, bare, interval(0.0792 / bare - 1, 0.0061)) for name, bare in without.items()),
        history_lengths=tuple(HistoryLength(first, last, size, scores(fused)) for first, last, size, fused in lengths),
        deciles=deciles,
        comparison=comparison(),
        examples=examples(),
    )


def minimal_report() -> Report:
    """No baseline, no times, no titles, no curves, nothing to test on."""
    return Report(
        Trained("sequences", "tune", 12, 3, 4, 1, 0.04, "cpu"),
        Protocol("leave-one-out", "full", "filtered", "ids", 0),
        SplitFacts("leave-one-out", "ab" * 32),
        {},
    )
