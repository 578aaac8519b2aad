"""The track of a route: all that its times depend on, given the order of its visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from o2oroute.model.instance import ANY_TIME, UNLIMITED
from o2oroute.model.part import Window
from o2oroute.model.soft_terms import SoftTerm

__all__ = ["Drive", "Duty", "Ride", "Track"]


class Ride(NamedTuple):
    """The longest time from leaving one node to the start of service at a later one."""

    pickup: int
    delivery: int
    longest: int


class Drive(NamedTuple):
    """The most ticks of driving between start, breaks that count as rest, and end."""

    longest: int
    #: The nodes of these breaks, in ascending order.
    rests: tuple[int, ...]


class Duty(NamedTuple):
    """What the time from start to end costs, and how long it may be."""

    per_tick: int = 0
    longest: int = UNLIMITED
    #: Ticks of breaks that are not paid: they count for `longest` only.
    unpaid: int = 0
    #: Paid ticks after which each one costs `overtime` more.
    ordinary: int = UNLIMITED
    overtime: int = 0
    #: Whether the earliest end comes before the cheapest schedule.
    end_first: bool = False

    def cost(self, duty: int) -> int:
        """Return the cost of so many ticks from start to end."""
        paid = duty - self.unpaid
        return self.per_tick * paid + self.overtime * max(paid - self.ordinary, 0)

    @property
    def free(self) -> int:
        """The longest duty that costs no more than the shortest, unless that is longer."""
        if self.end_first:
            return self.longest
        if self.per_tick:
            return 0
        return min(self.longest, self.unpaid + self.ordinary) if self.overtime else self.longest


class Track(NamedTuple):
    """What times depend on, by node: the start, the stops and breaks in between, the end.

    Attributes
    ----------
    windows : list of sequence of (int, int)
        When service may start; they ascend and do not overlap. A node without any can never be served.
    service : list of int
    legs : list of int
        Ticks to the next node; one shorter than the nodes. That to the stop behind a break stands before it:
        what the vehicle has not driven when a break begins, it drives after it.
    breaks : frozenset of int
        Nodes that are breaks; neither the first nor the last.
    earliest : int
        When the route begins where none of the windows of its start can be met.
    off_duty : sequence of (int, int)
        Each allows a start no earlier than the first moment with an end no later than the second.
    soft : mapping of int to sequence of SoftTerm
        What the start of service costs.
    rides : sequence of Ride
    drives : sequence of Drive
    duty : Duty
    """

    windows: list[Sequence[Window]]
    service: list[int]
    legs: list[int]
    breaks: frozenset[int] = frozenset()
    earliest: int = ANY_TIME[0]
    off_duty: Sequence[Window] = (ANY_TIME,)
    soft: Mapping[int, Sequence[SoftTerm]] = MappingProxyType({})
    rides: Sequence[Ride] = ()
    drives: Sequence[Drive] = ()
    duty: Duty = Duty()

    @property
    def is_plain(self) -> bool:
        """Whether nothing matters but windows and duty."""
        return not (self.soft or self.rides or self.drives)

    def within(self, earliest: int, latest: int) -> Track:
        """Return the track with a start no earlier and an end no later than these moments."""
        if (earliest, latest) == ANY_TIME:
            return self
        first = [(max(a, earliest), b) for a, b in self.windows[0] if b >= earliest]
        last = [(a, min(b, latest)) for a, b in self.windows[-1] if a <= latest]
        return self._replace(windows=[first, *self.windows[1:-1], last])

    def cost(self, starts: Sequence[int]) -> int:
        """Return what a schedule costs beyond what its visits cost at any time."""
        soft = sum(term.cost(starts[node]) for node, terms in self.soft.items() for term in terms)
        return soft + self.duty.cost(starts[-1] - starts[0])
