"""Federated averaging by Flower, simulated in one process: Flower's strategy and client app, and no network between.

The client app is what a shop would run beside its log; only the grid, which hands messages to it, stands in for the
network of Flower. Needs requirements-flower.lock in an environment of its own.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg
from flwr.supercore.task_identity import TaskIdentity

from .config import TrainConfig
from .federated import Course, Shop, Weights, averaged, make_shops

RUN, SERVER = 1, 0  # ids; shops are numbered from 1


def client_app_of(shop_of: Callable[[Context], Shop], with_items: bool) -> ClientApp:
    """What runs at a shop: fit on its own log, and tell weights, the number of targets, and quality alone."""
    app = ClientApp()

    @app.train()
    def train(message: Message, context: Context) -> Message:
        shop = shop_of(context)
        shop.adopt(_weights(message.content["arrays"]))
        loss = shop.fit_round()
        told = MetricRecord({"num-examples": shop.targets, "loss": loss})
        return Message(RecordDict({"arrays": _record(shop.shared(with_items)), "metrics": told}), reply_to=message)

    @app.evaluate()
    def evaluate(message: Message, context: Context) -> Message:
        shop = shop_of(context)
        shop.adopt(_weights(message.content["arrays"]))
        told = MetricRecord({"num-examples": len(shop.tests), "ndcg@10": shop.ndcg()})
        return Message(RecordDict({"metrics": told}), reply_to=message)

    return app


class LocalGrid(Grid):
    """Hands each message to the app of the shop that it is for, one after the other."""

    def __init__(self, app: ClientApp, shops: int) -> None:
        self.app, self.nodes = app, list(range(1, shops + 1))

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        return [self.app(message, _context(message.metadata.dst_node_id)) for message in messages]

    def get_node_ids(self) -> Iterable[int]:
        return self.nodes

    def create_message(
        self, content: RecordDict, message_type: str, dst_node_id: int, group_id: str, ttl: float | None = None
    ) -> Message:
        return Message(content, dst_node_id=dst_node_id, message_type=message_type, group_id=group_id, ttl=ttl)

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        raise NotImplementedError("nothing is left lying here: use send_and_receive")

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        raise NotImplementedError("nothing is left lying here: use send_and_receive")

    def set_run(self, run) -> None:
        """One run is all there is."""

    @property
    def run(self):
        return None


def federate(shops: list[Shop], course: Course, with_items: bool) -> None:
    """Runs the course over all shops, each of which ends with the shared weights and its own item vectors."""
    logging.getLogger("flwr").setLevel(logging.ERROR)
    # What Flower's own processes are told when they start; messages bear it.
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, RUN, SERVER
    app = client_app_of(lambda context: shops[context.node_id - 1], with_items)
    count = len(shops)
    # Quality is told once, at the end: a round of it costs as much as one of training.
    strategy = FedAvg(fraction_evaluate=0.0, min_evaluate_nodes=0, min_train_nodes=count, min_available_nodes=count)
    start = _record(shops[0].shared(with_items))
    result = strategy.start(LocalGrid(app, count), start, course.rounds)
    for shop in shops:
        shop.adopt(_weights(result.arrays))


def compare_federated(
    data: Path, shops: int, users: int | None, config: TrainConfig, course: Course, tell=print
) -> dict:
    """NDCG@10 of shops alone, of shops that average, and of one that has all logs; the same epochs for each."""
    alone, pooled = make_shops(data, shops, users, config, course)
    for _ in range(course.rounds):
        pooled.fit_round()
    whole = pooled.ndcg()
    tell(f"one log: NDCG@10 {whole:.4f}")
    scores: dict[str, list[float]] = {"alone": []}
    for shop in alone:
        for _ in range(course.rounds):
            shop.fit_round()
        scores["alone"].append(shop.ndcg())
    tell(f"alone: NDCG@10 {averaged(alone, scores['alone']):.4f}")
    for name, with_items in (("federated", False), ("federatedWithItems", True)):
        together, _ = make_shops(data, shops, users, config, course)
        federate(together, course, with_items)
        scores[name] = [shop.ndcg() for shop in together]
        tell(f"{name}: NDCG@10 {averaged(together, scores[name]):.4f}")
    size = sum(weights.nbytes for weights in alone[0].shared(False).values())
    return {
        "data": data.name, "shops": shops, "users": sum(shop.corpus.log.histories for shop in alone),
        "protocol": {"split": "leave-one-out", "candidates": "full", "seen": "filtered", "boundary": "tune",
                     "system": "encoder alone, float32", "metric": "NDCG@10, mean over shoppers"},
        "course": dataclasses.asdict(course),
        "ndcg@10": {"pooled": whole, **{name: averaged(alone, each) for name, each in scores.items()}},
        "byShop": scores,
        "bytesPerRoundAndShop": {"federated": size,
                                 "federatedWithItems": size + alone[0].shared(True)["items"].nbytes},
        "config": dataclasses.asdict(config), "torch": torch.__version__,
    }  # fmt: skip


def _context(node: int) -> Context:
    return Context(run_id=RUN, node_id=node, node_config={}, state=RecordDict(), run_config=ConfigRecord())


def _record(weights: Weights) -> ArrayRecord:
    return ArrayRecord({name: torch.from_numpy(value) for name, value in weights.items()})


def _weights(record: ArrayRecord) -> Weights:
    return {name: array.numpy() for name, array in record.items()}
