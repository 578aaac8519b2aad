# Each target sets up what it needs in .venv, and only what has changed since the last time.
# Needed beforehand: Python 3.11 or newer with its headers, a C compiler, make.

# the first interpreter that is new enough; `make PYTHON=/path/to/python3` chooses another
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY := $(BIN)/python
CYTHON_SOURCES := $(wildcard $(foreach kind,pyx pxd pxi,src/o2oroute/*.$(kind) src/o2oroute/_kernel/*.$(kind)))

.PHONY: help demo test sanitize fuzz lint format bench docs build clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    plan the built-in example into demo-out/"
	@echo "make test    run the tests (ARGS='-k word' for some of them)"
	@echo "make sanitize  run the tests of compiled code with bounds checks and sanitizers (gcc on Linux)"
	@echo "make fuzz    try engines on 31,000 random problems (ARGS='--seconds 120' for a while)"
	@echo "make lint    check style, types and compiled code; make format repairs what can be repaired"
	@echo "make bench   run the micro-benchmarks into bench-out/micro.json"
	@echo "make docs    build the documentation into site/"
	@echo "make build   build wheel and sdist into dist/"
	@echo "make clean   remove what was built, .venv too"

demo: .venv/built
	$(BIN)/o2oroute demo --out demo-out

test: .venv/built .venv/extra-test .venv/extra-docs
	$(PY) -m pytest --numprocesses 2 $(ARGS)

# a second build with its own C files; Python itself is not instrumented, so the libraries are loaded ahead
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
sanitize: .venv/built .venv/extra-test
	O2OROUTE_DEBUG=1 CFLAGS="$(SANITIZE)" LDFLAGS="$(SANITIZE)" $(PY) setup.py --quiet \
		build --build-lib build/sanitize --build-temp build/sanitize-objects build_ext --parallel 2
	LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libstdc++.so)" \
		ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc PYTHONPATH=build/sanitize O2OROUTE_SHARED=none \
		$(PY) -m pytest tests/kernel tests/matrix -p no:cacheprovider $(ARGS)

fuzz: .venv/built .venv/extra-test
	$(PY) tools/fuzz.py $(ARGS)

lint: .venv/built .venv/extra-lint .venv/extra-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PATH="$(abspath $(BIN)):$$PATH" cython-lint src
	$(PY) tools/check_cython.py

format: .venv/extra-lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/built .venv/extra-test
	mkdir -p bench-out
	$(PY) -m pytest benchmarks/micro --benchmark-only --benchmark-json=bench-out/micro.json \
		--benchmark-min-rounds=3 --benchmark-max-time=0.5 \
		--benchmark-columns=min,median,stddev,rounds --benchmark-sort=fullname $(ARGS)

docs: .venv/built .venv/extra-docs
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

build: .venv/python
	$(PY) -m pip install --quiet "build>=1.2"
	$(PY) -m build --outdir dist

clean:
	rm -rf .venv build dist site demo-out bench-out src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
	rm -f src/o2oroute/*.c src/o2oroute/*.so src/o2oroute/*.pyd
	rm -f src/o2oroute/_kernel/*.c src/o2oroute/_kernel/*.so src/o2oroute/_kernel/*.pyd

# --- the environment; the files below are stamps ---------------------------------------------------------

.venv/python: pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "o2oroute needs Python 3.11 or newer, and none is on the PATH." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }
	$(PY) -m pip install --quiet --upgrade pip
	@$(PY) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], \
		sep='\n')" > .venv/build-requires.txt
	$(PY) -m pip install --quiet --requirement .venv/build-requires.txt
	@touch $@

.venv/built: .venv/python pyproject.toml setup.py $(CYTHON_SOURCES)
	$(PY) -m pip install --quiet --no-build-isolation --editable .
	@touch $@

# what an extra names, not the package again: that would compile everything once more
.venv/extra-%: pyproject.toml | .venv/built
	@$(PY) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']\
		['optional-dependencies']['$*'], sep='\n')" > .venv/extra-$*.txt
	$(PY) -m pip install --quiet --requirement .venv/extra-$*.txt
	@touch $@
