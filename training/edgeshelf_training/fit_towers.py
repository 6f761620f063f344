"""Fits the towers, side by side on the CPU's threads or one after the other on a GPU."""

from __future__ import annotations

import dataclasses
import multiprocessing
import pickle
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

import numpy as np
import torch

from . import distributed
from .config import TrainConfig
from .corpus import Log
from .device import choose_device
from .encoder import Towers
from .fit_encoder import Fitted, Schedule, fit_encoder
from .progress import Progress

SMALL_LOG = 20_000  # events below which starting processes costs more than it saves


@dataclass(frozen=True)
class FittedTowers:
    encoder: Towers
    vectors: np.ndarray  # f32[N,D], D = towers times the dimension of one
    towers: tuple[Fitted, ...]

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        return tuple(tower.schedule for tower in self.towers)


@dataclass(frozen=True)
class _Job:
    """Arguments of one `fit_encoder`."""

    number: int
    log: Log
    spans: np.ndarray
    validation: np.ndarray
    features: list[np.ndarray]
    items: int
    config: TrainConfig
    keep_seen: bool
    frozen: Schedule | None


def fit_towers(
    log: Log, spans: np.ndarray, validation: np.ndarray, features: list[list[np.ndarray]], items: int,
    config: TrainConfig, keep_seen: bool, progress: Progress, frozen: tuple[Schedule, ...] | None = None,
) -> FittedTowers:  # fmt: skip
    """As `fit_encoder`, once for each of `config.towers`, which differ by their seed and their `features`.

    Each tower computes on one share of the threads whether or not they run at once, so the result is the same.
    """
    schedules = frozen or (None,) * config.towers
    jobs = [
        _Job(k, log, spans, validation, features[k], items, _seeded(config, k), keep_seen, schedule)
        for k, schedule in enumerate(schedules)
    ]
    alone = distributed.world() == 1 and choose_device(config.device).type == "cpu"
    at_once = alone and len(jobs) > 1 and len(log.rows) >= SMALL_LOG
    fitted = _at_once(jobs, progress) if at_once else [_fit(job, _Share(job.number, jobs, progress)) for job in jobs]
    vectors = np.concatenate([tower.vectors for tower in fitted], 1)
    return FittedTowers(Towers([tower.encoder for tower in fitted]).eval(), vectors, tuple(fitted))


def _seeded(config: TrainConfig, tower: int) -> TrainConfig:
    return dataclasses.replace(config, seed=config.seed + tower)


class _Share:
    """One tower's part of the progress, as seen by `fit_encoder`."""

    def __init__(self, number: int, jobs: list[_Job], progress: Progress) -> None:
        self.number, self.count, self.progress = number, len(jobs), progress

    def tell(self, share: float, **facts: object) -> None:
        self.progress.tell((self.number + share) / self.count, tower=self.number + 1, **facts)


class _Sender:
    """Carries a tower's progress out of its process. A parent that is gone breaks the pipe, which ends the fit."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe

    def tell(self, share: float, **facts: object) -> None:
        self.pipe.send((share, facts))


def _fit(job: _Job, progress) -> Fitted:
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, job.config.threads // job.config.towers))
    try:
        return fit_encoder(
            job.log, job.spans, job.validation, job.features, job.items, job.config, job.keep_seen, progress, job.frozen
        )
    finally:
        torch.set_num_threads(before)


def _fit_apart(job: _Job, pipe: Connection) -> None:
    """Body of a tower's process. The outcome goes as bytes, for tensors in pipes outlive their sender badly."""
    try:
        outcome: Fitted | Exception = _fit(job, _Sender(pipe))
    except BrokenPipeError:
        return
    except Exception as error:
        outcome = error
    pipe.send(pickle.dumps(outcome))


def _at_once(jobs: list[_Job], progress: Progress) -> list[Fitted]:
    """A process a tower, as many at once as there are threads."""
    context = multiprocessing.get_context("spawn")
    waiting, running = list(jobs), {}
    shares, fitted = [0.0] * len(jobs), {}
    try:
        while waiting or running:
            while waiting and len(running) < max(1, jobs[0].config.threads):
                job = waiting.pop(0)
                ours, theirs = context.Pipe()
                process = context.Process(target=_fit_apart, args=(job, theirs), daemon=True)
                process.start()
                theirs.close()
                running[ours] = (job.number, process)
            for pipe in wait(list(running)):
                number, process = running[pipe]
                try:
                    message = pipe.recv()
                except EOFError:
                    process.join()
                    raise RuntimeError(f"tower {number + 1} ended with exit code {process.exitcode}") from None
                if isinstance(message, bytes):
                    fitted[number] = pickle.loads(message)
                    process.join()
                    del running[pipe]
                    if isinstance(fitted[number], Exception):
                        raise fitted[number]
                else:
                    shares[number], facts = message
                    progress.tell(sum(shares) / len(shares), tower=number + 1, **facts)
    finally:
        for _, process in running.values():
            process.terminate()
    return [fitted[number] for number in range(len(jobs))]
