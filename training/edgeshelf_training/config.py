"""Settings of one training run: a frozen value, saved in the release's manifest."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError
from .quantise import LEVELS, PLANE_LEVELS

READS = ("all", "ids")
ITEM_VECTORS = ("learned", "content", "fixed")
AT_LEAST_ONE = (
    "towers", "dim", "length", "blocks", "hidden", "epochs", "batch_targets", "negatives", "candidates", "threads",
    "window", "bootstrap_samples", "k_item", "dp_batch", "max_neighbours", "similar_neighbours",
)  # fmt: skip
WIDTHS = range(4, 1025)  # components of an item vector that a release may have
ADAPTERS = ("", "lora", "adalora")
LAYOUTS = ("", "planes")
PLANE_GROUP = 64  # components that lie together in a plane
PRIVACIES = ("", "content", "dp")
PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class TrainConfig:
    """Rebuilding a run from the same config, seed and data gives the same release, but for creation time and noise."""

    reads: str = "all"  # of the items: "all" content that there is, or "ids" alone

    # encoder
    towers: int = 2  # encoders side by side; an item vector has towers * dim components
    dim: int = 64  # components of an item vector that one tower reads
    length: int = 50  # L, newest history items that the encoder reads
    blocks: int = 2
    heads: int = 2
    hidden: int = 256  # width of the feed-forward layer
    dropout: float = 0.4  # at most; a denser log takes less, see `suited`
    context_dropout: float = 0.5  # share of training sessions whose context is hidden, so that unknown is no surprise
    kind_dropout: float = 0.1  # share of history entries whose event kind and gap are hidden
    # "learned": a part of its own for each item; "content": a projection of its content and nothing else; "fixed": its
    # content itself, under an encoder that content sets too, so that neither is fitted to anybody
    item_vectors: str = "learned"
    content_dim: int = 128  # components kept of the TF-IDF matrix
    cooccurrence_dim: int = 128  # components kept of co-occurrence in histories, which every second tower reads

    # pretrained encoders of content; "" none, "packaged:..." from a Python package, a folder, or a name on the hub
    text_model: str = ""  # sentence-transformers
    meaning_words: int = 30_000  # of text_model's own vocabulary, in meaning.bin beside the catalogue's
    image_model: str = ""  # of the pictures in the data's folder `pictures`, named by item id
    adapter: str = ""  # "lora" or "adalora": tunes the text model on pairs of items close together in a history
    adapter_rank: int = 8
    adapter_steps: int = 200
    adapter_batch: int = 64  # pairs a step
    adapter_window: int = 5  # events between the two of a pair, at most
    adapter_pairs: int = 200_000  # at most

    # optimiser
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    batch_targets: int = 768  # next-item targets a step, at most
    min_steps_per_epoch: int = 40  # small logs take smaller steps so that an epoch still means something
    epochs: int = 16  # at most; a larger log takes fewer, see `suited`
    patience: int = 8  # epochs without a better validation NDCG@10 before stopping
    max_minutes: float = 18.0  # wall-clock limit of each tower's first fit; the best checkpoint so far is kept
    negatives: int = 2_500  # items drawn a step to stand for all that are no target of the step; exact below that

    # counted tables
    k_pair: int = 3  # distinct visitors behind a pair before a release may hold it
    k_query: int = 50  # distinct visitors of one day behind a search before a release may suggest it
    # distinct visitors behind an item before a release tells of them; above 1 it tells coarsely, and of no item whether
    # anybody touched it
    k_item: int = 1
    item_noise: float = 0.0  # deviation of noise on those visitors, new for each release, under no seed that is kept
    window: int = 10  # items between the two of a counted pair, at most
    half_life_days: float = 45.0  # recency decay of counts, where the log has times
    max_neighbours: int = 100  # a row of transitions or bought
    similar_neighbours: int = 100

    # how a release lies in memory: "" rows of int8, all of it; "planes" rows of 6 bits by id, links read as they are
    # asked for: for catalogues of some 200,000 items and more
    layout: str = ""

    # differential privacy: "" none; "content": nobody's events are read (epsilon 0); "dp": within a budget
    privacy: str = ""
    dp_epsilon: float = 8.0
    dp_delta: float = 0.0  # 0: units^-1.1
    dp_clip: float = 1.0  # longest gradient of one unit
    dp_batch: int = 2_000  # units a step, expected
    dp_steps: int = 0  # of DP-SGD on the encoder; 0: counts alone
    dp_learning_rate: float = 1e-3

    tail_price: float = 0.002  # share of validation NDCG@10 given up to reach into the long tail; 0: no boost
    new_items: float = 2.0  # places that unseen products take among the first 50, in shares of the catalogue

    # evaluation
    candidates: int = 200  # top rows of the encoder that enter the fusion
    fusion_cases: int = 6_000  # validation targets used to fit the fusion
    validation_cases: int = 8_000  # validation targets read after each epoch
    tail_cases: int = 25_000  # validation targets that say how often items are shown
    test_cases: int = 60_000  # at most; a seeded sample beyond it
    bootstrap_samples: int = 1_000
    threads: int = 2  # of the CPU
    device: str = "auto"  # "cuda" where there is one, else "cpu"
    precision: str = "auto"  # of products in training: "bfloat16" or "float32"; auto: bfloat16 on a GPU
    seed: int = 20_240_501

    @property
    def ordered_by_id(self) -> bool:
        """Whether rows stand in the order of ids: a canonical one reads the histories, and planes need it."""
        return bool(self.privacy) or self.layout == "planes" or self.item_vectors == "fixed"

    @property
    def levels(self) -> int:
        """Largest whole number of a row's components."""
        return PLANE_LEVELS if self.layout == "planes" else LEVELS


TARGETS_SEEN = 2_400_000  # next-item targets that a fit learns from in all, over its epochs
LEAST_EPOCHS = 4
DENSITY_PER_DROPOUT = 4.4  # dropout times targets an item
LEAST_DROPOUT = 0.1


def suited(config: TrainConfig, targets: int, items: int) -> TrainConfig:
    """The config with epochs and dropout brought down to what a log of that size and density bears.

    >>> few = suited(TrainConfig(), targets=131_000, items=12_000)
    >>> few.epochs, few.dropout
    (16, 0.4)
    >>> many = suited(TrainConfig(), targets=352_000, items=17_700)
    >>> many.epochs, many.dropout
    (7, 0.221)
    """
    epochs = max(LEAST_EPOCHS, round(TARGETS_SEEN / max(targets, 1)))
    dropout = max(LEAST_DROPOUT, round(DENSITY_PER_DROPOUT * items / max(targets, 1), 3))
    return dataclasses.replace(config, epochs=min(config.epochs, epochs), dropout=min(config.dropout, dropout))


PRESETS: dict[str, TrainConfig] = {
    "default": TrainConfig(),
    # A first release in a minute or two: fewer epochs, nothing else.
    "quick": TrainConfig(epochs=4, max_minutes=3.0),
    # Tells far less of whose histories it was trained on (`membership`), and answers worse.
    "discreet": TrainConfig(
        towers=1, item_vectors="fixed", k_pair=6, k_item=20, item_noise=4.0, tail_price=0.0,
    ),
    # Seconds on a CPU, for tests.
    "tiny": TrainConfig(
        dim=16, length=8, blocks=1, heads=1, hidden=32, content_dim=16, cooccurrence_dim=16, epochs=2,
        batch_targets=256,
        min_steps_per_epoch=4, fusion_cases=300, validation_cases=300, candidates=20, window=4,
    ),
}  # fmt: skip


def load_config(name_or_file: str | None, seed: int | None) -> TrainConfig:
    """A preset by name, or a JSON file of fields laid over the default; an unknown field is refused by name."""
    name = name_or_file or "default"
    if name in PRESETS:
        config = PRESETS[name]
    else:
        path = Path(name)
        if not path.is_file():
            known = ", ".join(sorted(PRESETS))
            raise InputError(f"--config {name}: neither a preset ({known}) nor a file")
        try:
            fields = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise InputError(f"--config {name}: not JSON ({error})") from None
        if not isinstance(fields, dict):
            raise InputError(f"--config {name}: expected an object of settings")
        config = with_fields(TrainConfig(), fields, where=f"--config {name}")
    return config if seed is None else dataclasses.replace(config, seed=seed)


def with_fields(config: TrainConfig, fields: dict, where: str) -> TrainConfig:
    """Lays `fields` over `config`, refusing names and types that the config does not have."""
    kinds = {field.name: type(getattr(config, field.name)) for field in dataclasses.fields(config)}
    for name, value in fields.items():
        if name not in kinds:
            raise InputError(f"{where}: unknown setting {name!r}")
        if kinds[name] is str:
            if not isinstance(value, str):
                raise InputError(f"{where}: {name} must be a text, got {value!r}")
            continue
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or (kinds[name] is int and not isinstance(value, int)):
            raise InputError(f"{where}: {name} must be {kinds[name].__name__}, got {value!r}")
        if not 0 <= value < math.inf:
            raise InputError(f"{where}: {name} must be a number from 0 on, got {value!r}")
    merged = dataclasses.replace(config, **fields)
    if merged.heads < 1 or merged.dim % merged.heads:
        raise InputError(f"{where}: dim {merged.dim} does not divide into {merged.heads} heads")
    if merged.adapter not in ADAPTERS:
        raise InputError(f"{where}: adapter must be one of lora, adalora or empty, got {merged.adapter!r}")
    if merged.adapter and not merged.text_model:
        raise InputError(f"{where}: adapter {merged.adapter} needs a text_model to tune")
    if merged.precision not in PRECISIONS:
        raise InputError(f"{where}: precision must be one of {', '.join(PRECISIONS)}, got {merged.precision!r}")
    if merged.layout not in LAYOUTS:
        raise InputError(f"{where}: layout must be planes or empty, got {merged.layout!r}")
    if merged.layout == "planes" and merged.towers * merged.dim % PLANE_GROUP:
        raise InputError(f"{where}: towers times dim must be a multiple of {PLANE_GROUP} for layout planes")
    if merged.privacy not in PRIVACIES:
        raise InputError(f"{where}: privacy must be one of content, dp or empty, got {merged.privacy!r}")
    if merged.privacy and merged.reads == "ids":
        raise InputError(
            f"{where}: privacy {merged.privacy} starts from content, which reads {merged.reads!r} leaves out"
        )
    if merged.item_vectors not in ITEM_VECTORS:
        raise InputError(f"{where}: item_vectors must be one of {', '.join(ITEM_VECTORS)}, got {merged.item_vectors!r}")
    if merged.item_vectors != "learned" and merged.reads == "ids":
        raise InputError(f"{where}: item_vectors {merged.item_vectors} are made of what reads ids leaves out")
    if merged.item_vectors == "fixed" and merged.towers > 1:
        raise InputError(f"{where}: item_vectors fixed are of one tower, not {merged.towers}: they would be alike")
    if merged.k_item > 1 and merged.item_vectors == "learned":
        raise InputError(f"{where}: k_item above 1 hides nothing where item_vectors are learned")
    if merged.item_noise and merged.k_item == 1:
        raise InputError(f"{where}: item_noise needs a k_item above 1, for what is told below it")
    if merged.reads not in READS:
        raise InputError(f"{where}: reads must be one of {', '.join(READS)}, got {merged.reads!r}")
    for name in AT_LEAST_ONE:
        if getattr(merged, name) < 1:
            raise InputError(f"{where}: {name} must be at least 1, got {getattr(merged, name)}")
    if merged.towers * merged.dim not in WIDTHS:
        raise InputError(f"{where}: towers times dim must lie between 4 and 1024, got {merged.towers * merged.dim}")
    for name in ("half_life_days", "learning_rate", "max_minutes", "dp_epsilon", "dp_clip", "dp_learning_rate"):
        if getattr(merged, name) == 0:
            raise InputError(f"{where}: {name} must be above 0")
    for name in ("dp_delta", "dropout", "context_dropout", "kind_dropout", "tail_price"):
        if getattr(merged, name) >= 1:
            raise InputError(f"{where}: {name} must be below 1, got {getattr(merged, name)}")
    return merged
