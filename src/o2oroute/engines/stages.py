"""The stages of a run: where each annealing begins, how hot it is, and how long it lasts.

While it is hot, chance settles which vehicles are in use, and which of them serves which end of the town;
what follows seldom changes that. So the first routes are annealed in short several times, where there is
time, and the best of what comes out once more, from a temperature that leaves their shape as it is. Between
the two, a run over parts tries its best with fewer vehicles: to save one takes emptying a route for good,
which annealing hardly ever does.

What all that gives is measured in ``docs/concepts/search.md``.
"""

from __future__ import annotations

import itertools
from enum import Enum, auto
from typing import Final, NamedTuple

__all__ = ["Origin", "Stage", "plan_stages"]

#: How much of a run is for annealing the first routes so many times,
STARTS_SHARE: Final = 1 / 3
STARTS: Final = 3
#: or twice; once takes all of a run that does not leave so many seconds or iterations to each time for the
#: whole,
START_SECONDS: Final = 0.4
START_ITERATIONS: Final = 25_000
#: or for a part, which meets others in each round anyway.
PART_SECONDS: Final = 2.0
PART_ITERATIONS: Final = 60_000
#: Temperature from which the best are annealed again, in legs to a good successor.
AGAIN: Final = 0.7
#: How much of a run goes into the trial with fewer vehicles, and how much of that into the round in which
#: each part is improved in both ways,
TRIAL_SHARE: Final = 0.2
BOTH_WAYS: Final = 0.4
#: if that leaves so many seconds or iterations to each way of a part.
TRIAL_SECONDS: Final = 0.5
TRIAL_ITERATIONS: Final = 20_000


class Origin(Enum):
    """From which routes a stage goes on."""

    FIRST = auto()
    BEST = auto()
    CURRENT = auto()


class Stage(NamedTuple):
    """A piece of a run: from and to how much of it, and between which temperatures."""

    begin: float
    end: float
    hot: float
    cold: float
    origin: Origin
    #: Each part is improved as it is, and with fewer vehicles, in one round.
    tries_fewer: bool = False

    def piece(self, now: float, then: float) -> Stage:
        """Return what is between two moments, where 0 is its begin and 1 its end.

        In equal times it cools by the same factor.
        """
        length, cooling = self.end - self.begin, self.cold / self.hot
        return self._replace(
            begin=self.begin + now * length,
            end=self.begin + then * length,
            hot=self.hot * cooling**now,
            cold=self.hot * cooling**then,
        )


def plan_stages(
    begin: float, hot: float, cold: float, amount: float, *, counts: bool, divided: bool, may_save: bool
) -> list[Stage]:
    """Divide a run into stages.

    Parameters
    ----------
    begin : float
        How much of the run is over.
    hot, cold : float
        Temperatures of an annealing.
    amount : float
        Seconds or iterations that the run has for the whole, or for each part.
    counts : bool
        Whether those are iterations.
    divided : bool
        Whether there are parts.
    may_save : bool
        Whether fewer vehicles may be tried.

    Examples
    --------
    >>> stages = plan_stages(0, 3, 0.1, 2.5, counts=False, divided=False, may_save=False)
    >>> [(stage.hot, round(stage.end, 3)) for stage in stages]
    [(3, 0.167), (3, 0.333), (0.7, 1)]
    """
    left = 1 - begin
    trial = TRIAL_SHARE * left
    if not may_save or BOTH_WAYS * trial * amount / 2 < (TRIAL_ITERATIONS if counts else TRIAL_SECONDS):
        trial = 0.0
    of_starts = STARTS_SHARE * (left - trial)
    starts = min(int(of_starts * amount / _least_start(counts=counts, divided=divided)), STARTS)
    if starts < 2:
        starts, of_starts = 1, left - trial
    again = min(max(AGAIN, cold), hot)
    ends = [begin + of_starts / starts * i for i in range(starts + 1)]
    stages = [Stage(now, then, hot, cold, Origin.FIRST) for now, then in itertools.pairwise(ends)]
    now = ends[-1]
    if trial > 0:
        both_ways = now + BOTH_WAYS * trial
        stages.append(Stage(now, both_ways, again, again, Origin.BEST, tries_fewer=True))
        stages.append(Stage(both_ways, now + trial, again, cold, Origin.CURRENT))
    if starts > 1:
        stages.append(Stage(now + trial, 1, again, cold, Origin.BEST))
    else:
        stages[-1] = stages[-1]._replace(end=1)  # to the last digit
    return stages


def _least_start(*, counts: bool, divided: bool) -> float:
    if divided:
        return PART_ITERATIONS if counts else PART_SECONDS
    return START_ITERATIONS if counts else START_SECONDS
