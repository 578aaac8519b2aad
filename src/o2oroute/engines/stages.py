"""The stages of an annealing: one or several short ones, then a long one from the best of them.

While it is hot, chance settles which vehicles are in use, and which of them serves which end of the town;
what follows seldom changes that. So the annealing is done in short, several times where there is time, and
the best routes are annealed once more, from a temperature that leaves their shape as it is. What that gives
is measured in ``docs/concepts/search.md``.
"""

from __future__ import annotations

import itertools
from enum import Enum, auto
from typing import Final, NamedTuple

__all__ = ["Origin", "Stage", "plan_stages"]

#: How much of a run is for annealing the first routes: once, or so many times,
STARTS_SHARE: Final = 1 / 3
STARTS: Final = 3
#: where each time has so many seconds or iterations for a part.
START_SECONDS: Final = 0.4
START_ITERATIONS: Final = 25_000
#: Temperature from which the best are annealed again, in legs to a good successor.
AGAIN: Final = 0.7
#: How much of a run goes into trying the best with fewer vehicles, and how much of that into the round in
#: which each part is improved in both ways,
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
    begin: float, hot: float, cold: float, of_a_part: float, *, counts: bool, may_save: bool
) -> list[Stage]:
    """Divide a run into stages.

    Parameters
    ----------
    begin : float
        How much of the run is over.
    hot, cold : float
        Temperatures of an annealing.
    of_a_part : float
        Seconds or iterations that the whole run has for a part.
    counts : bool
        Whether those are iterations.
    may_save : bool
        Whether fewer vehicles may be tried.

    Examples
    --------
    >>> stages = plan_stages(0, 3, 0.1, 2.5, counts=False, may_save=False)
    >>> [(stage.hot, round(stage.end, 3)) for stage in stages]
    [(3, 0.167), (3, 0.333), (0.7, 1)]
    """
    left = 1 - begin
    least_start = START_ITERATIONS if counts else START_SECONDS
    least_trial = TRIAL_ITERATIONS if counts else TRIAL_SECONDS
    starts = min(max(1, int(STARTS_SHARE * left * of_a_part / least_start)), STARTS)
    trial = TRIAL_SHARE * left
    both_ways = BOTH_WAYS * trial
    if not may_save or both_ways * of_a_part / 2 < least_trial:
        trial = 0.0
    each = STARTS_SHARE * (left - trial) / starts
    again = min(max(AGAIN, cold), hot)
    ends = [begin + each * i for i in range(starts + 1)]
    stages = [Stage(now, then, hot, cold, Origin.FIRST) for now, then in itertools.pairwise(ends)]
    now = ends[-1]
    if trial > 0:
        stages.append(Stage(now, now + both_ways, again, again, Origin.BEST, tries_fewer=True))
        stages.append(Stage(now + both_ways, now + trial, again, cold, Origin.CURRENT))
    stages.append(Stage(now + trial, 1, again, cold, Origin.BEST))
    return stages
