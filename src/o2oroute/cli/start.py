"""The plan that a search begins with, from the options of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from o2oroute.errors import InputError

if TYPE_CHECKING:
    from o2oroute.model.part import Id
    from o2oroute.model.problem import Problem
    from o2oroute.plan.warm_start import WarmStart

__all__ = ["read_start"]


def read_start(
    problem: Problem, path: Path | None, *, now: str | None, done: Sequence[str], lock: str | None
) -> WarmStart | None:
    """Read the plan to begin with, and what of it is done or locked.

    Parameters
    ----------
    problem : Problem
    path : Path, optional
        Plan file.
    now : str, optional
        Time of day.
    done : sequence of str
        ``ID``, ``ID@TIME``, or for one stop of a shipment ``ID:pickup``.
    lock : str, optional

    Raises
    ------
    InputError
        If one of these is given without a plan, or no time can be made of it.
    """
    if path is None:
        given = [name for name, value in (("--now", now), ("--done", done), ("--lock", lock)) if value]
        if given:
            raise InputError(
                f"{' and '.join(given)} tell about a plan to begin with; name it: --from PLAN.json"
            )
        return None
    from o2oroute.formats.plan_json import read_plan
    from o2oroute.plan.warm_start import WarmStart

    ids = {str(request.id): request.id for request in problem.requests}
    told: dict[Any, Any] = {}
    for text in done:
        task, time = _done(ids, text)
        told[task] = time
    return WarmStart(read_plan(path), now=_time(now), done=told, lock=lock)  # type: ignore[arg-type]


def _done(ids: dict[str, Id], text: str) -> tuple[Id | tuple[Id, str], int | str | None]:
    """Return what an option says is done, and when; ids may have any signs in them."""
    name, at, time = text.rpartition("@")
    for known, moment in ((text, None), (name, time)) if at else ((text, None),):
        if known in ids:
            return ids[known], _time(moment)
        whole, colon, task = known.rpartition(":")
        if colon and whole in ids:
            return (ids[whole], task), _time(moment)
    raise InputError(
        f"--done {text}: no order or shipment has this id; write ID, ID@HH:MM or ID:pickup@HH:MM"
    )


def _time(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.lstrip("-").isdigit() else text
