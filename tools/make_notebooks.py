"""Make notebooks of the example scripts that are cut into cells.

    python tools/make_notebooks.py

A line ``# %%`` begins a cell of code, ``# %% [markdown]`` a cell of text, whose lines are comments. The
notebooks lie beside the scripts and are stored without output.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

EXAMPLES: Final = Path(__file__).resolve().parents[1] / "examples"
_CELL: Final = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)
_METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def scripts() -> list[Path]:
    """Return the example scripts that are cut into cells."""
    return [path for path in sorted(EXAMPLES.glob("*.py")) if path.read_text("utf-8").startswith("# %%")]


def notebook_of(script: str) -> str:
    """Return the text of the notebook of a script."""
    _, *parts = _CELL.split(script)
    cells: list[dict[str, Any]] = []
    for mark, text in zip(parts[::2], parts[1::2], strict=True):
        lines = text.strip("\n").split("\n")
        kind = "markdown" if mark else "code"
        if mark:
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        number = sum(cell["cell_type"] == kind for cell in cells) + 1
        cell = {"cell_type": kind, "id": f"{'text' if mark else 'code'}-{number}", "metadata": {}}
        if not mark:
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell | {"source": [*(f"{line}\n" for line in lines[:-1]), lines[-1]]})
    notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all notebooks."""
    for path in scripts():
        path.with_suffix(".ipynb").write_text(notebook_of(path.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
