"""How a budget of (epsilon, delta) is spent over what a private release is made of."""

from __future__ import annotations

from dataclasses import dataclass

from .config import TrainConfig
from .dp_accountant import PureChoice, SampledGaussian, epsilon_of, least_scale
from .dp_units import UNIT_EVENTS

CHOICE_SHARE = 0.1  # of epsilon, for the choice of the fusion
DELTA_POWER = -1.1  # delta = units^-1.1 unless the config names one


@dataclass(frozen=True)
class Budget:
    """What each part may use; a release of public content alone has epsilon 0 and uses nothing."""

    epsilon: float
    delta: float
    noise: float  # deviation over the clip, of the gradients and of the counts
    rate: float  # chance of a unit to come into a step
    steps: int
    choice: float  # epsilon of the fusion's choice
    fits: int  # times that a model is fitted: twice with a refit

    @property
    def reads_people(self) -> bool:
        return self.epsilon > 0

    def guarantee(self) -> dict:
        """As the manifest tells it."""
        told: dict = {
            "epsilon": self.epsilon,
            "delta": self.delta,
            "unit": f"a visitor of the log, whose key lasts a day; at most {UNIT_EVENTS} events are read",
            "neighbours": "one unit more or less",
            "covers": "all files but manifest.json",
        }
        if self.reads_people:
            told |= {
                "accountant": "Rényi, whole orders",
                "noise": self.noise,
                "rate": self.rate,
                "steps": self.steps,
                "fits": self.fits,
                "choiceEpsilon": self.choice,
            }
        return told


def plan_budget(config: TrainConfig, units: int, fits: int) -> Budget:
    """The least noise with which the config's epsilon is held."""
    if config.privacy == "content":
        return Budget(0.0, 0.0, 0.0, 0.0, 0, 0.0, fits)
    delta = config.dp_delta or units**DELTA_POWER
    choice = CHOICE_SHARE * config.dp_epsilon
    rate = min(1.0, config.dp_batch / units)

    def parts(noise: float) -> list[SampledGaussian | PureChoice]:
        gradients = SampledGaussian(noise, rate, config.dp_steps * fits)
        return [gradients, SampledGaussian(noise, 1.0, fits), PureChoice(choice)]

    noise = least_scale(parts, config.dp_epsilon, delta)
    return Budget(epsilon_of(parts(noise), delta), delta, noise, rate, config.dp_steps, choice, fits)
