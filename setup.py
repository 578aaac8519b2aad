"""Build the compiled doors and rooms; everything else is in pyproject.toml."""

import os
import platform
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

PACKAGE = Path("src") / "o2oroute"
DEBUG = bool(int(os.environ.get("O2OROUTE_DEBUG", "0")))

if sys.platform == "win32":
    compile_args = ["/Od", "/Zi"] if DEBUG else ["/O2"]
else:
    compile_args = ["-O1", "-g"] if DEBUG else ["-O3"]

if sys.platform == "win32":
    WIDER = {"avx2": ["/arch:AVX2"], "avx512": ["/arch:AVX512"]}
else:
    WIDER = {"avx2": ["-mavx2"], "avx512": [f"-mavx512{part}" for part in ("f", "bw", "dq", "vl")]}

sources = sorted(PACKAGE.glob("*.pyx")) + sorted((PACKAGE / "_kernel").glob("*.pyx"))


def arguments(source: Path) -> list[str]:
    # one room is built again for wider registers; the door chooses at run time what the processor has
    kind = source.stem.rpartition("_")[2]
    if kind not in WIDER or platform.machine().lower() not in {"x86_64", "amd64"}:
        return compile_args
    return [*compile_args, *WIDER[kind]]


extensions = [
    Extension(
        ".".join(source.with_suffix("").parts[1:]),
        [source.as_posix()],
        extra_compile_args=arguments(source),
    )
    for source in sources
]

setup(
    options={"build_ext": {"parallel": os.cpu_count()}},
    ext_modules=cythonize(
        extensions,
        include_path=["src"],
        # the C code of the two kinds differs, and neither may be taken for the other
        build_dir=os.fspath(Path("build") / "debug") if DEBUG else None,
        compiler_directives={
            "language_level": 3,
            "boundscheck": DEBUG,
            "wraparound": False,
            "initializedcheck": DEBUG,
            "cdivision": True,
            "embedsignature": True,
        },
    ),
)
