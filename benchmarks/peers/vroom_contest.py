"""VROOM's own inputs, solved by VROOM and by o2oroute, and each side's routes judged by the other.

    python benchmarks/peers/vroom_contest.py --count 50 --time-limit 10

See README.md in this folder for the protocol.
"""

from __future__ import annotations

import argparse
import copy
import datetime as dt
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import vroom

import o2oroute as o2
from o2oroute.formats.vroom_output import solution_json
from o2oroute.formats.vroom_problem import VroomCase, read_vroom
from o2oroute.formats.vroom_steps import plan_steps, stated_solution
from o2oroute.model.instance import build_instance
from o2oroute.plan.check import check_plan
from o2oroute.plan.plan import Plan
from o2oroute.plan.schedule import make_plan

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))
from vroom_inputs import vroom_input

#: VROOM's thoroughness, its highest.
EXPLORATION = 5
#: What VROOM's plans and ours are compared in.
FIGURES = ("cost", "unassigned", "priority", "duration", "setup", "service", "waiting_time")


@dataclass(frozen=True)
class Match:
    """One input, solved by both."""

    seed: int
    tasks: int
    vehicles: int
    vroom: dict[str, int]
    o2oroute: dict[str, int]
    vroom_seconds: float
    seconds: float
    #: What our clock and checker say of VROOM's plan, and VROOM's plan mode of ours; empty if all is well.
    faults: list[str]

    @property
    def outcome(self) -> str:
        """``better``, ``equal`` or ``worse``: priorities first, then tasks left out, then cost."""
        ours, theirs = (
            (-side["priority"], side["unassigned"], side["cost"]) for side in (self.o2oroute, self.vroom)
        )
        return "equal" if ours == theirs else "better" if ours < theirs else "worse"

    @property
    def leaves_out_more(self) -> bool:
        """Whether we leave out more tasks than VROOM."""
        return self.o2oroute["unassigned"] > self.vroom["unassigned"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=50, help="inputs (50)")
    parser.add_argument("--first", type=int, default=0, help="seed of the first (0)")
    parser.add_argument("--seeds", type=int, nargs="*", help="these inputs instead")
    parser.add_argument("--time-limit", type=float, default=10.0, help="seconds for each side (10)")
    parser.add_argument("--threads", type=int, default=2, help="of each side (2)")
    parser.add_argument("--engine", default="combined", help="o2oroute's engine (combined)")
    parser.add_argument("--without-breaks", action="store_true", help="leave the breaks of the inputs out")
    parser.add_argument("--results", type=Path, default=Path("bench-out/vroom-contest.jsonl"))
    parser.add_argument("--report", action="store_true", help="print the table of what the file holds")
    options = parser.parse_args()
    seeds = options.seeds or range(options.first, options.first + options.count)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    if not options.report:
        for seed in seeds:
            match = play(seed, options)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(match)) + "\n")
            print(line_of(match), flush=True)
    lines = options.results.read_text(encoding="utf-8").splitlines()
    latest = {match.seed: match for match in (Match(**json.loads(line)) for line in lines)}
    print(summary([latest[seed] for seed in seeds if seed in latest]))


def play(seed: int, options: argparse.Namespace) -> Match:
    """Let both sides solve one input and judge each other's plan."""
    world = vroom_input(seed)
    if options.without_breaks:
        for vehicle in world["vehicles"]:
            vehicle.pop("breaks", None)
    case = read_vroom(world)
    begin = time.perf_counter()
    theirs = solve_with_vroom(world, options.time_limit, threads=options.threads)
    middle = time.perf_counter()
    plan = o2.solve(
        case.problem,
        engine=options.engine,
        time_limit=options.time_limit,
        threads=options.threads,
        seed=1,
    )
    end = time.perf_counter()
    ours = answer(case, plan)
    return Match(
        seed,
        len(case.tasks),
        len(world["vehicles"]),
        figures(theirs),
        figures(ours),
        round(middle - begin, 2),
        round(end - middle, 2),
        [*faults_of_theirs(world, theirs), *faults_of_ours(world, ours)],
    )


def input_of(world: dict[str, Any]) -> vroom.Input:
    """Return an input as VROOM reads it."""
    with tempfile.TemporaryDirectory(prefix="o2oroute-vroom-") as folder:
        path = Path(folder) / "input.json"
        path.write_text(json.dumps(world), encoding="utf-8")
        return vroom.Input.from_json(path)


def solve_with_vroom(
    world: dict[str, Any], time_limit: float, *, exploration: int = EXPLORATION, threads: int = 2
) -> dict[str, Any]:
    """Return VROOM's output."""
    limit = dt.timedelta(seconds=time_limit)
    return input_of(world).solve(exploration_level=exploration, nb_threads=threads, timeout=limit).to_dict()


def answer(case: VroomCase, plan: Plan) -> dict[str, Any]:
    """Return a plan as VROOM's output."""
    return solution_json(
        case, build_instance(case.problem), plan_steps(case, plan), setup_at_start=True, distances=True
    )


def figures(output: dict[str, Any]) -> dict[str, int]:
    return {name: output["summary"][name] for name in FIGURES}


def with_steps(world: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    """Return an input that states the routes of an output."""
    stated = copy.deepcopy(world)
    routes = {route["vehicle"]: route["steps"] for route in output["routes"]}
    for vehicle in stated["vehicles"]:
        steps = routes.get(vehicle["id"], ())
        vehicle["steps"] = [{name: step[name] for name in ("type", "id") if name in step} for step in steps]
    return stated


def faults_of_theirs(world: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Return what our clock and checker find in VROOM's plan."""
    case = read_vroom(with_steps(world, theirs))
    instance = build_instance(case.problem)
    plan = make_plan(instance, stated_solution(case), reasons=False)
    faults = [f"VROOM's plan breaks {violation}" for violation in check_plan(instance, plan)]
    again = answer(case, plan)["summary"]
    faults += [
        f"VROOM's plan: {name} is {again[name]}, VROOM says {theirs['summary'][name]}"
        for name in ("duration", "setup", "service")
        if again[name] != theirs["summary"][name]
    ]
    # VROOM rounds hours and kilometres of a route each for itself
    if abs(again["cost"] - theirs["summary"]["cost"]) > len(theirs["routes"]):
        faults.append(f"VROOM's plan costs {again['cost']}, VROOM says {theirs['summary']['cost']}")
    if again["waiting_time"] > theirs["summary"]["waiting_time"]:
        faults.append(
            f"VROOM's plan waits {again['waiting_time']}, VROOM says {theirs['summary']['waiting_time']}"
        )
    return faults


def faults_of_ours(world: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """Return what VROOM's plan mode finds in our plan."""
    if not ours["routes"]:
        return []
    checked = input_of(with_steps(world, ours)).check().to_dict()
    faults = [f"VROOM finds {violation['cause']} in ours" for violation in checked["summary"]["violations"]]
    faults += [
        f"ours: {name} is {ours['summary'][name]}, VROOM says {checked['summary'][name]}"
        for name in ("duration", "setup", "service")
        if checked["summary"][name] != ours["summary"][name]
    ]
    if abs(checked["summary"]["cost"] - ours["summary"]["cost"]) > len(ours["routes"]):
        faults.append(f"ours costs {ours['summary']['cost']}, VROOM says {checked['summary']['cost']}")
    return faults


def line_of(match: Match) -> str:
    ours, theirs = match.o2oroute, match.vroom
    return (
        f"{match.seed:4} {match.tasks:3} tasks {match.vehicles:2} vehicles: "
        f"VROOM {theirs['cost']} ({theirs['unassigned']} left out, {match.vroom_seconds} s), "
        f"o2oroute {ours['cost']} ({ours['unassigned']}, {match.seconds} s): {match.outcome}"
        + "".join(f"\n       {fault}" for fault in match.faults)
    )


def summary(matches: list[Match]) -> str:
    """Return the figures of all matches."""
    outcomes = [match.outcome for match in matches]
    costs = [
        match.o2oroute["cost"] / match.vroom["cost"]
        for match in matches
        if match.vroom["cost"] and match.o2oroute["unassigned"] == match.vroom["unassigned"]
    ]
    no_worse = 1 - outcomes.count("worse") / len(matches)
    fewer = sum(match.o2oroute["unassigned"] < match.vroom["unassigned"] for match in matches)
    counts = ", ".join(f"{name} on {outcomes.count(name)}" for name in ("better", "equal", "worse"))
    lines = [
        f"{len(matches)} inputs: {counts}; {no_worse:.0%} no worse",
        f"more left out than VROOM: {sum(match.leaves_out_more for match in matches)}; fewer: {fewer}",
        f"faults: {sum(len(match.faults) for match in matches)}",
    ]
    if costs:
        mean, best, worst = (f"{value:.4f}" for value in (sum(costs) / len(costs), min(costs), max(costs)))
        lines.insert(
            2,
            f"cost against VROOM's where as many are left out ({len(costs)} inputs): mean {mean}, "
            f"best {best}, worst {worst}",
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
