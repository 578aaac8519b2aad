"""Each rule is tried on every engine that serves it; a test says which ones these are."""

from __future__ import annotations

import pytest

from helpers import solve_and_check
from o2oroute.engines.engine import ENGINES, load_engine


@pytest.fixture(params=sorted(ENGINES))
def solved(request):
    """Return a function that solves a problem with one of the engines, and checks the plan.

    Modules name the engines that serve their rule in ``SERVED_BY``.
    """

    def run(problem):
        lacks = load_engine(request.param).supports(problem)
        assert (not lacks) == (request.param in request.module.SERVED_BY), lacks
        if lacks:
            pytest.skip(f"{request.param} cannot do {', '.join(lacks)}")
        return solve_and_check(problem, engine=request.param)

    return run
