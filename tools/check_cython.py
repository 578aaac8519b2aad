"""Translate every Cython file and fail if Cython has anything to say.

Its performance hints point at compiled code that takes the GIL back or checks for exceptions after each call.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"


def remarks(path: Path, output: Path) -> str:
    """Return what Cython says about one file; the C code goes to `output`."""
    command = [sys.executable, "-m", "cython", "-3", "-I", str(SOURCE), "-o", str(output), str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own files
    said = (run.stdout + run.stderr).strip()
    return said or (f"cython ended with {run.returncode}" if run.returncode else "")


def main() -> int:
    """Check all files; return 1 if there is a remark on any."""
    paths = [Path(name).resolve() for name in sys.argv[1:]] or sorted(SOURCE.rglob("*.pyx"))
    with tempfile.TemporaryDirectory() as folder:
        found = [text for path in paths if (text := remarks(path, Path(folder) / f"{path.stem}.c"))]
    print("\n".join(found) or f"{len(paths)} Cython files without a remark")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
