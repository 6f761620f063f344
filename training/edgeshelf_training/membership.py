"""Membership inference: can it be told from a release whether one visitor's history was trained on?

Each release in turn is the target; from the others the attacker learns how every signal of a history is spread with
and without that very history. Source: the likelihood-ratio attack of Carlini et al., "Membership Inference Attacks
From First Principles", S&P 2022, with one deviation a signal for all histories, since a few shadows give no better.
Beside the ratio stands the plain difference to what is usual without the history (Watson et al., ICLR 2022), and the
weights of both for all signals are fitted by logistic regression on the other releases, whose members A knows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .config import TrainConfig
from .corpus import Corpus
from .errors import InputError
from .membership_signals import (
    ANSWERED,
    READ,
    answered_signals,
    own_answers,
    quality,
    read_signals,
    write_questions,
)
from .release import read_release
from .shadows import MEMBERS, make_pool, overfitted, train_shadows

FALSE_POSITIVES = 0.001
LEAST_SPREAD = 1e-6
LEAST_SHADOWS = 4  # a target, one to fit weights on, and two to learn the spread from
RIDGE = 1e-3  # of the logistic regression, a case
NEWTON_STEPS = 12
QUESTIONS_FILE, ANSWERS_FILE = "questions.json", "answers.json"


@dataclass(frozen=True)
class Shadow:
    """One release's word on each history that is attacked."""

    member: np.ndarray  # bool[P]
    signals: dict[str, np.ndarray]  # name -> f64[P]


def attack(shadows: list[Shadow], names: tuple[str, ...]) -> dict[str, float]:
    """What an attacker with these signals attains: AUC, and TPR at 0.1% FPR."""
    member = np.stack([shadow.member for shadow in shadows])  # [S,P]
    signals = [np.stack([shadow.signals[name] for shadow in shadows]) for name in names]
    evidence = np.full(member.shape, np.nan)
    for target in range(len(shadows)):
        others = [s for s in range(len(shadows)) if s != target]
        held = [_evidence(signals, member, s, [o for o in others if o != s]) for s in others]
        inside = [member[s] for s in others]
        weights = _logistic(np.concatenate(held), np.concatenate(inside))
        evidence[target] = _evidence(signals, member, target, others) @ weights
    known = np.isfinite(evidence)
    return roc(evidence[known], member[known])


def _evidence(signals: list[np.ndarray], member: np.ndarray, target: int, others: list[int]) -> np.ndarray:
    """Of each history: the likelihood ratio and the difference of every signal, f64[P,2F]; not a number if unknown."""
    inside, outside = member[others], ~member[others]  # [O,P]
    columns = []
    for signal in signals:
        values, here = signal[others], signal[target]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_in = (values * inside).sum(0) / inside.sum(0)
            mean_out = (values * outside).sum(0) / outside.sum(0)
        left = np.where(inside, values - mean_in, values - mean_out)
        spread = max(float(np.nanvar(left)), LEAST_SPREAD)
        # the mean of a few is unsure itself: its variance is added
        wide_in = spread * (1 + 1 / np.maximum(inside.sum(0), 1))
        wide_out = spread * (1 + 1 / np.maximum(outside.sum(0), 1))
        with_it = -((here - mean_in) ** 2) / (2 * wide_in) - np.log(wide_in) / 2
        without = -((here - mean_out) ** 2) / (2 * wide_out) - np.log(wide_out) / 2
        columns += [with_it - without, (here - mean_out) / np.sqrt(spread)]
    return np.stack(columns, 1)


def _logistic(evidence: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Weights f64[2F] of the evidence f64[K,2F] by ridge logistic regression with a free intercept."""
    known = np.isfinite(evidence).all(1)
    design, wanted = evidence[known], member[known].astype(float)
    spread = np.maximum(design.std(0), 1e-12)
    design = np.concatenate([design / spread, np.ones((len(design), 1))], 1)
    weights = np.zeros(design.shape[1])
    ridge = RIDGE * np.eye(design.shape[1]) * max(len(design), 1)
    ridge[-1, -1] = 1e-9
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (wanted - chance) - ridge @ weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curve, slope)
    return weights[:-1] / spread


def roc(evidence: np.ndarray, member: np.ndarray) -> dict[str, float]:
    """Area under the curve, ties as one half, and the true-positive rate at FALSE_POSITIVES.

    >>> roc(np.array([3.0, 2.0, 1.0, 0.0]), np.array([True, True, False, False]))["auc"]
    1.0
    >>> roc(np.array([1.0, 1.0, 1.0, 1.0]), np.array([True, True, False, False]))["auc"]
    0.5
    """
    inside, outside = np.sort(evidence[member]), np.sort(evidence[~member])
    if not len(inside) or not len(outside):
        return {"auc": 0.5, "tprAt0.1%Fpr": 0.0, "pairs": 0}
    below = np.searchsorted(outside, inside, "left") + np.searchsorted(outside, inside, "right")
    allowed = int(FALSE_POSITIVES * len(outside))
    edge = outside[len(outside) - 1 - allowed]
    return {
        "auc": float(below.mean() / (2 * len(outside))),
        "tprAt0.1%Fpr": float((inside > edge).mean()),
        "pairs": len(evidence),
    }


def run_membership(
    data: Path, work: Path, config: TrainConfig, users: int, shadows: int, asked: int, control: bool = False,
    tell=print,
) -> dict:  # fmt: skip
    """Trains what shadows `work` does not hold yet, writes the questions for B, and attacks `asked` of the histories.

    Below LEAST_SHADOWS there is nothing to learn ratios from: then only what each signal tells uncalibrated is told.
    Where every shadow's folder holds answers to the questions, B is who asked over HTTP; else B sees the lists by the
    trainer's own arithmetic.
    """
    if shadows < 1:
        raise InputError(f"--shadows {shadows}: at least one is needed")
    recipe = overfitted(config) if control else config
    pool = make_pool(data, users, recipe.seed, recipe.reads)
    folders = train_shadows(pool, recipe, shadows, work, tell)
    attacked = pool.with_order(np.arange(len(pool.items)), np.arange(min(asked, pool.log.histories)))
    questions = write_questions(attacked, work / QUESTIONS_FILE, recipe.seed)
    served = all(_answers_to(work / QUESTIONS_FILE, folder / ANSWERS_FILE) for folder in folders)
    found, told = [], []
    for folder in folders:
        told.append(_kept_quality(attacked, folder))
        signals = _kept_signals(attacked, folder)
        if served:
            signals |= answered_signals(questions, folder / ANSWERS_FILE)
        found.append(Shadow(np.load(folder / MEMBERS)[: questions.histories], signals))
    # A may ask too, by the arithmetic whose files it has.
    reads, seen = (*READ, "lists"), ANSWERED if served else ("lists",)
    return {
        "data": data.name, "users": users, "shadows": shadows, "histories": questions.histories,
        "unit": "one visitor's history", "recipe": "overfitted control" if control else "as configured",
        "ndcg@10": float(np.mean(told)), "uncalibrated": _uncalibrated(found, tuple(dict.fromkeys((*reads, *seen)))),
        **(_attacks(found, reads, seen, served) if shadows >= LEAST_SHADOWS else {}),
        "config": dataclasses.asdict(recipe),
    }  # fmt: skip


def _attacks(found: list[Shadow], reads: tuple[str, ...], seen: tuple[str, ...], served: bool) -> dict:
    return {
        "A": attack(found, reads),
        "B": {**attack(found, seen), "asks": "over HTTP" if served else "by the trainer's own arithmetic"},
        "alone": {name: attack(found, (name,)) for name in dict.fromkeys((*reads, *seen))},
    }


def _uncalibrated(found: list[Shadow], names: tuple[str, ...]) -> dict[str, float]:
    """AUC of each signal as it is, the larger the likelier a member or the other way: the mean over releases."""

    def area(shadow: Shadow, name: str) -> float:
        auc = roc(shadow.signals[name], shadow.member)["auc"]
        return max(auc, 1 - auc)

    return {name: float(np.mean([area(shadow, name) for shadow in found])) for name in names}


def _kept_quality(attacked: Corpus, folder: Path) -> float:
    file = folder / f"quality-{attacked.log.histories}.json"
    if not file.exists():
        file.write_text(json.dumps(quality(attacked, read_release(folder))), "utf-8")
    return json.loads(file.read_text("utf-8"))


def _answers_to(questions: Path, answers: Path) -> bool:
    """Whether these are answers to those very questions."""
    asked = hashlib.sha256(questions.read_bytes()).hexdigest()
    return answers.exists() and json.loads(answers.read_text("utf-8")).get("questions") == asked


def _kept_signals(attacked: Corpus, folder: Path) -> dict[str, np.ndarray]:
    """A's signals, computed once a shadow."""
    file = folder / f"signals-{attacked.log.histories}.npz"
    if not file.exists():
        release = read_release(folder)
        signals = read_signals(attacked, release) | {"lists": own_answers(attacked, release)}
        draft = folder / "draft.npz"
        np.savez(draft, **signals)
        draft.rename(file)
    with np.load(file) as held:
        return {name: held[name] for name in held.files}
