"""All that is measured of one model on its test cases, on the int8 files that the edge will load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ablation import Less, ablate
from .asked import Asked, ask
from .config import TrainConfig
from .corpus import Corpus
from .evaluate import Ranking, int8_scorer, rank_cases, release_queries
from .fit_encoder import encode_cases
from .long_tail import coverage, gini
from .metrics import ndcg_each, summary
from .model import Model
from .progress import Progress
from .release import Release


@dataclass(frozen=True)
class Measured:
    asked: Asked
    answers: dict[str, Ranking]  # by system
    table: dict[str, dict[str, float]]  # by system, figures as the manifest names them
    ablation: dict[str, dict]  # by part, as `ablate` gives it; empty where it was not asked for

    @property
    def gains(self) -> np.ndarray:
        """NDCG@10 of the fused int8 release on each case, f64[M]."""
        return ndcg_each(self.answers["fused"].ranks)


def measure(
    corpus: Corpus, release: Release, model: Model, test: np.ndarray, less: Less | None, config: TrainConfig,
    progress: Progress,
) -> Measured:  # fmt: skip
    """Every system on the cases `test` i64[M,2]; with `less`, what each part adds too."""
    asked = ask(corpus.log, test)
    queries = release_queries(release, asked, lambda share: progress.tell(0.3 * share))
    scores = int8_scorer(release, queries)
    answers = rank_cases(release, asked, scores, corpus.keep_seen, lambda s: progress.tell(0.3 + 0.3 * s))
    exact = encode_cases(model.encoder, model.vectors, corpus.log, test, release.encoder.length).astype(np.float64)
    wide = model.vectors.astype(np.float64)
    float32 = rank_cases(
        release, asked, lambda part: exact[part] @ wide.T, corpus.keep_seen,
        lambda s: progress.tell(0.6 + 0.2 * s), ("fused", "encoder"),
    )  # fmt: skip
    items = len(release.ids)
    table = {
        name: summary(found.ranks) | {"coverage@10": coverage(found.tops, items), "gini@10": gini(found.tops, items)}
        for name, found in answers.items()
    }
    table |= {f"{name}Float32": summary(found.ranks) for name, found in float32.items()}
    table |= unseen_targets(asked, answers, release)
    ablation = {}
    if less is not None:
        gains = ndcg_each(answers["fused"].ranks)
        ablation = ablate(
            release, asked, scores, less, gains, corpus.keep_seen, config.bootstrap_samples, config.seed,
            lambda s: progress.tell(0.8 + 0.2 * s),
        )  # fmt: skip
    progress.tell(1.0, **{name: round(table[name]["ndcg@10"], 4) for name in ("fused", "encoder")})
    return Measured(asked, answers, table, ablation)


def unseen_targets(asked: Asked, answers: dict[str, Ranking], release: Release) -> dict[str, dict[str, float]]:
    """Recall@50 of targets that training never saw, ranked among all items; nothing where there is no such target."""
    unseen = release.tables.popularity[asked.targets] == 0
    if not unseen.any():
        return {}
    return {
        f"{name}Unseen": {"targets": float(unseen.sum()), "recall@50": summary(found.ranks[unseen])["recall@50"]}
        for name, found in answers.items()
    }
