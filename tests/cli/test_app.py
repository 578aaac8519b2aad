"""The application: version, help, wrong use, internal errors, interruption."""

from __future__ import annotations

import os

import pytest
import typer

import o2oroute
from o2oroute.cli import matrix as matrix_command
from o2oroute.cli.app import app
from o2oroute.cli.exits import Exit

COMMANDS = typer.main.get_command(app).commands


def test_version(cli):
    ended = cli("--version")
    assert ended.code == 0
    assert ended.out == f"o2oroute {o2oroute.__version__}\n"


def test_commands():
    assert list(COMMANDS) == ["prepare", "matrix", "solve", "check", "convert", "demo"]


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help(cli, command):
    ended = cli(*command, "--help")
    assert ended.code == 0
    assert "Usage: o2oroute" in ended.out
    assert ended.err == ""


@pytest.mark.parametrize(
    "arguments", [["fly"], ["solve"], ["solve", "a.json", "--sped", "3"], ["solve", "a.json", "--seed", "x"]]
)
def test_wrong_use_is_an_input_error(cli, arguments):
    ended = cli(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert "Error: " in ended.err


def test_exit_codes_are_those_of_the_house_plan():
    assert {code.name: int(code) for code in Exit} == {
        "DONE": 0,
        "INTERNAL": 1,
        "INPUT": 2,
        "ROUTING": 3,
        "VIOLATIONS": 4,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (o2oroute.InputError("points are wrong"), 2, ["error: points are wrong"]),
        (
            o2oroute.InputError(
                findings=[
                    o2oroute.Finding("A", "/orders/0", "One is wrong.", "Mend it."),
                    o2oroute.Finding("B", "/orders/1", "Two is wrong.", "Mend it."),
                ]
            ),
            2,
            ["error: A /orders/0: One is wrong. Mend it.", "error: B /orders/1: Two is wrong. Mend it."],
        ),
        (o2oroute.RoutingError("no way from a to b"), 3, ["error: no way from a to b"]),
        (PermissionError(13, "Permission denied", "m.npz"), 2, ["error: m.npz: Permission denied"]),
        (o2oroute.MissingExtraError("osmnx is needed"), 1, ["error: osmnx is needed"]),
        (MemoryError("4 TB"), 1, ["error: not enough memory: 4 TB"]),
        (KeyboardInterrupt(), 130, []),
    ],
)
def test_error_becomes_lines_and_a_code(cli, monkeypatch, error, code, told):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(matrix_command, "check_writable", fail)
    ended = cli("matrix", "a.o2r", "points.csv", "-o", "m.npz")
    assert ended.code == code
    assert ended.errors == told


@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), o2oroute.EngineError("it broke")])
def test_internal_error_is_short_and_tells_how_to_see_more(cli, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(matrix_command, "check_writable", fail)
    ended = cli("matrix", "a.o2r", "points.csv", "-o", "m.npz")
    assert ended.code == 1
    assert str(error) in ended.errors[0]
    assert "--debug" in ended.errors[1]


def test_debug_prints_the_traceback(capsys, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(matrix_command, "check_writable", fail)
    with pytest.raises(SystemExit) as ended:
        app(["--debug", "matrix", "a.o2r", "points.csv", "-o", "m.npz"], prog_name="o2oroute")
    assert ended.value.code == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_name_that_is_no_text_can_be_told(shell, tmp_path):
    strange = os.fsdecode(b"caf\xe9.csv")
    ended = shell("matrix", "a.o2r", strange, "-o", "m.npz", folder=tmp_path)
    assert ended.code == 2
    assert "does not exist" in ended.err
