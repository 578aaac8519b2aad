"""A browser without a network for the pages, and small plans to draw."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from o2oroute.plan.plan import Plan, Reason, Route, RouteCosts, Stop, Summary, Unassigned

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class Tab:
    """A tab of a headless browser, driven over the DevTools protocol through a pair of pipes.

    It has no network, and notes every message of the console, every error and every request.
    """

    def __init__(self, send: Any, receive: Any) -> None:
        self.send, self.receive = send, receive
        self.number = 0
        self.session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Network.emulateNetworkConditions",
            offline=True,
            latency=0,
            downloadThroughput=0,
            uploadThroughput=0,
        )

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result; events on the way are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.send.write(json.dumps(message).encode() + b"\0")
        self.send.flush()
        while True:
            answer = self._read()
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self.receive.read(1)) != b"\0":
            assert byte, "the browser has ended"
            text += byte
        return json.loads(text)

    def open(self, page: Path, *, width: int = 1280, height: int = 800, **media: str) -> None:
        """Open a page of the disk and wait until it has loaded; media as prefers_color_scheme="dark"."""
        self.resize(width, height)
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        while not self.named("Page.loadEventFired"):
            self.events.append(self._read())
        self.settle()

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def settle(self) -> None:
        """Wait until what was changed has been drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def run(self, script: str) -> Any:
        """Run a script in the page and return its value."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def key(self, name: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name)
        self.settle()

    def mouse(self, x: float, y: float, *, press: bool = False) -> None:
        """Move the mouse somewhere and perhaps press its button there."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        if press:
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def screenshot(self, path: Path) -> bytes:
        image = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        path.write_bytes(image)
        return image

    def pdf(self, path: Path) -> bytes:
        document = base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])
        path.write_bytes(document)
        return document

    def named(self, method: str) -> list[dict[str, Any]]:
        return [event["params"] for event in self.events if event.get("method") == method]

    def complaints(self) -> list[str]:
        """Everything that went wrong in the page since it was opened."""
        self.settle()
        console = [
            f"console.{event['type']}: {event['args']}"
            for event in self.named("Runtime.consoleAPICalled")
            if event["type"] in {"error", "warning", "assert"}
        ]
        thrown = [str(event["exceptionDetails"]) for event in self.named("Runtime.exceptionThrown")]
        logged = [str(event["entry"]) for event in self.named("Log.entryAdded")]
        return console + thrown + logged

    def requests(self) -> list[str]:
        """Addresses that the page asked for, itself not counted."""
        urls = [event["request"]["url"] for event in self.named("Network.requestWillBeSent")]
        return [url for url in urls if not url.startswith("file:")]


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A tab of a headless browser without network; tests skip where no browser is installed."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None or os.name != "posix":
        pytest.skip("needs Chromium or Chrome, and a system with pipes 3 and 4")
    with ExitStack() as stack:
        command_read, command_write = os.pipe()
        answer_read, answer_write = os.pipe()
        send = stack.enter_context(os.fdopen(command_write, "wb"))
        receive = stack.enter_context(os.fdopen(answer_read, "rb"))
        profile = tmp_path_factory.mktemp("browser")
        # the protocol wants descriptors 3 and 4, which only a shell sets without code between fork and exec
        redirect = f'exec "$0" "$@" 3<&{command_read} 4>&{answer_write}'
        browser = subprocess.Popen(
            ["bash", "-c", redirect, program, *FLAGS, f"--user-data-dir={profile}"],  # noqa: S607
            pass_fds=(command_read, answer_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(browser.wait, 30)
        stack.callback(browser.kill)
        os.close(command_read)
        os.close(answer_write)
        yield Tab(send, receive)


def clock(seconds: int) -> str:
    return f"2026-11-23T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:00+09:00"


def make_stop(kind: str, times: tuple[int, int, int], **fields: Any) -> Stop:
    """A stop from its arrival, start and departure in seconds."""
    arrival, start, departure = times
    return Stop(
        kind=kind,
        arrival=clock(arrival),
        arrival_seconds=arrival,
        start=clock(start),
        start_seconds=start,
        departure=clock(departure),
        departure_seconds=departure,
        waiting=start - arrival,
        service=departure - start,
        **fields,
    )


HUB = (24.944, 60.170)
FIRST, SECOND, LEFT_OUT = (24.940, 60.172), (24.948, 60.168), (24.946, 60.174)


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Two routes in Helsinki, one of them with its way, and two orders that nobody serves."""
    routes = (
        Route(
            vehicle="van-1",
            profile="car",
            stops=(
                make_stop("start", (28800, 28800, 28800), id="hub", location=HUB),
                make_stop(
                    "order",
                    (29400, 30600, 30900),
                    task="delivery",
                    id="o-1",
                    location=FIRST,
                    windows_seconds=((30600, 34200),),
                    load={"parcels": 0},
                    properties={"name": "Bakery", "phone": "010 000"},
                ),
                make_stop("end", (31500, 31500, 31500), id="hub", location=HUB),
            ),
            geometry=(HUB, (24.942, 60.1712345), FIRST, HUB),
            distance=2400,
            duration=2700,
            driving=1200,
            service=300,
            waiting=1200,
            cost=15.5,
            costs=RouteCosts(fixed=0, duty=15, distance=0.5),
        ),
        Route(
            vehicle=2,
            profile="car",
            stops=(
                make_stop("start", (28800, 28800, 28800), id="hub", location=HUB),
                make_stop(
                    "order", (29100, 29100, 29400), task="service", id=12345678901234567890, location=SECOND
                ),
                make_stop("order", (29400, 29400, 29700), task="service", id="o-3", location=SECOND),
            ),
            distance=700,
            duration=900,
            driving=300,
            service=600,
            waiting=0,
            cost=5,
            costs=RouteCosts(fixed=0, duty=5, distance=0),
        ),
    )
    unassigned = (
        Unassigned(
            id="o-4",
            kind="CONFLICT",
            location=LEFT_OUT,
            reasons=(
                Reason(code="WINDOW", kind="CONFLICT", vehicle=2, message="2 would arrive 12 min too late."),
            ),
        ),
        Unassigned(id="o-5", kind="INPUT", location=(60.17, 124.94)),
    )
    summary = Summary(
        cost=20.5,
        routes_cost=20.5,
        prizes=0,
        distance=3100,
        duration=3600,
        driving=1500,
        service=900,
        waiting=1200,
        served=3,
        unassigned=2,
        unserved_importance=2,
        vehicles=2,
    )
    return Plan(
        date="2026-11-23",
        time_zone="Asia/Seoul",
        summary=summary,
        routes=routes,
        unassigned=unassigned,
        attribution="© OpenStreetMap contributors",
    )


@pytest.fixture(scope="session")
def academic_plan(plan: Plan) -> Plan:
    """The same plan as from an academic file: no date, no places."""
    bare = {"location": None, "arrival": None, "start": None, "departure": None}
    routes = tuple(
        route.model_copy(
            update={"geometry": None, "stops": tuple(stop.model_copy(update=bare) for stop in route.stops)}
        )
        for route in plan.routes
    )
    unassigned = tuple(order.model_copy(update={"location": None}) for order in plan.unassigned)
    return plan.model_copy(
        update={"date": None, "routes": routes, "unassigned": unassigned, "attribution": None}
    )


def _decode(text: str) -> list[int]:
    """The other direction, written from the published description, one character at a time."""
    values, value, shift = [], 0, 0
    for character in text:
        code = ord(character) - 63
        value |= (code & 31) << shift
        shift += 5
        if code < 32:
            values.append(-(value >> 1) - 1 if value & 1 else value >> 1)
            value, shift = 0, 0
    assert shift == 0
    return values


@pytest.fixture(scope="session")
def decode() -> Callable[[str], list[int]]:
    """Read the integers of the page's texts."""
    return _decode


EVIL = "</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>\u2028&\"'$plan"


@pytest.fixture(scope="session")
def evil() -> str:
    """A text that tries to get out of wherever it is put."""
    return EVIL


@pytest.fixture(scope="session")
def evil_plan(plan: Plan) -> Plan:
    """A plan whose every text tries to get out."""

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {EVIL if key in {"load", "properties"} else k: spoil(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [spoil(item, key) for item in value]
        return EVIL if key in {"id", "vehicle", "message", "name", "phone", "attribution"} else value

    return Plan.model_validate(spoil(plan.to_dict()))
