"""``o2oroute solve --format vroom``: what stands where ``vroom`` stood."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from o2oroute.cli.exits import Exit, explained, leave
from o2oroute.cli.inputs import check_writable, read_travel
from o2oroute.cli.search import find_plan
from o2oroute.errors import InputError

if TYPE_CHECKING:
    from o2oroute.formats.vroom_problem import VroomCase

__all__ = ["Settings", "answer_vroom"]


class Settings(NamedTuple):
    """How to search, and what to tell."""

    engine: str
    time_limit: float
    seed: int
    strict: bool
    #: Time the routes that the input states instead of searching.
    choose_times: bool
    geometry: bool


def answer_vroom(
    source: Path,
    output: Path | None,
    settings: Settings,
    *,
    roads: Path | None,
    matrix: Path | None,
    straight_line: float | None,
) -> None:
    """Read VROOM's input and write VROOM's output; errors are output too, with VROOM's codes.

    Parameters
    ----------
    source : Path
        A file, or ``-`` for standard input.
    output : Path or None
        None for standard output.
    settings : Settings
    roads, matrix, straight_line
        Travel where the input has no matrices.
    """
    check_writable([output])
    interrupted = False
    try:
        begin = time.monotonic()
        case = _read(source, strict=settings.strict)
        travel = read_travel(case.problem, roads=roads, matrix=matrix, straight_line=straight_line)
        loading = time.monotonic() - begin
        answer, interrupted = _answer(case, travel, settings, loading)
    except KeyboardInterrupt:
        raise
    except Exception as error:  # noqa: BLE001 - VROOM tells every error in its output
        lines, code = explained(error)
        _write({"code": int(code), "error": "\n".join(lines)}, output)
        leave(code)
    _write(answer, output)
    if interrupted:
        leave(Exit.INTERRUPTED)


def _read(source: Path, *, strict: bool) -> VroomCase:
    from o2oroute.formats.json_text import parse_json, read_bytes
    from o2oroute.formats.vroom_input import is_vroom
    from o2oroute.formats.vroom_problem import read_vroom

    content = parse_json(sys.stdin.buffer.read() if str(source) == "-" else read_bytes(source))
    if isinstance(content, dict) and "orders" in content and not is_vroom(content):
        raise InputError(f"{source} is an order file; --format vroom is for VROOM's inputs")
    return read_vroom(content, strict=strict)


def _answer(case: VroomCase, travel: Any, settings: Settings, loading: float) -> tuple[dict[str, Any], bool]:
    """Return VROOM's output, and whether the search was interrupted."""
    from o2oroute.formats.vroom_output import solution_json
    from o2oroute.formats.vroom_steps import plan_steps, stated_steps
    from o2oroute.model.instance import build_instance

    begin = time.monotonic()
    instance = build_instance(case.problem, **travel)
    if settings.choose_times:
        routes, ways, interrupted = stated_steps(case, instance), {}, False
    else:
        plan = find_plan(
            case.problem,
            travel,
            engine=settings.engine,
            time_limit=settings.time_limit,
            seed=settings.seed,
            strict=settings.strict,
        )
        routes, interrupted = plan_steps(case, plan), plan.run.interrupted
        rank = {vehicle.id: i for i, vehicle in enumerate(case.source.vehicles)}
        ways = {rank[int(route.vehicle)]: route.geometry for route in plan.routes if route.geometry}
    seconds = {"loading": loading, "solving": time.monotonic() - begin}
    answer = solution_json(
        case,
        instance,
        routes,
        setup_at_start=not settings.choose_times,
        distances=settings.geometry,
        geometry=ways if settings.geometry else None,
        milliseconds={name: round(1000 * value) for name, value in seconds.items()},
    )
    return answer, interrupted


def _write(answer: dict[str, Any], output: Path | None) -> None:
    text = json.dumps(answer, ensure_ascii=False) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
