# make book       train, prune, compare, build the book: PROFILE=smoke|laptop|paper DATA=folder
#     CHAPTER=converged|by_recipe|out_of_sample|prunings|at_init|width_and_length|counter_example|icpram2020|icann2020|wacv2020
#     CORES=4 THREADS=2 (of a job) GPUS=4 JOBS_PER_GPU=2; ENGINE=slurm ON=CPU a cluster
# make study, make plan  the same without the pages; which jobs are left, and what such jobs took:
#     EXPERIMENTS="vgg_svhn_few_images vgg_svhn_few_images_trained_as_long" these alone; PARTIAL=1 what is done so far
# make publish    publish the results of PROFILE as those of the book
# make verify     compute a published number again: CHAPTER and ROW name it, see book/run_it.md
# make compare    two networks on one page: A=resnet18 A_WEIGHTS=DEFAULT B=nets.py:pruned
#     B_WEIGHTS=b.pt IMAGES=folder STRANGERS=nets.py:other LAYERS="layer1 fc" SIZE=32;
#     nets.py is executed, as any script is; files of weights never are
# make published  build the published book; make pdf: on paper, by Chromium
# make test       all tests, and every output of the published pages, with the last digits moved
# make test-slurm, make test-wheel  on a Slurm of one node; as others install it (VERSIONS)
# make lint, make lock  style and import directions; the newest versions, with their hashes

# The variables after `make` as options such as --data="$DATA": no shell reads what is in it, nor
# does make, which would expand a `$`; and each program refuses what it does not read.
override GIVEN := $(filter-out PYTHON VENV OMP_NUM_THREADS, \
	$(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v)))
$(foreach v,$(GIVEN) PYTHON VENV OMP_NUM_THREADS,$(if $(findstring $$,$(value $v)), \
	$(error $v=$(value $v): make would expand the `$$`, so no value may have one)))
OPTIONS = $(foreach v,$(GIVEN),$1$(shell echo $v | tr A-Z a-z)="$$$v")
# The other targets start no such program, and read at most these.
$(if $(filter study book plan publish compare,$(MAKECMDGOALS)),,$(foreach v, \
	$(filter-out CHAPTER DATA ROW VERSIONS,$(GIVEN)), \
	$(error make $(MAKECMDGOALS) reads no $v, see `make help`)))
# None reads what a shell has exported.
$(foreach v,CHAPTER DATA ENGINE ROW VERSIONS,$(eval $v =))

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# `exec`, where there is a shell: it would die of a signal, and not pass it on.
RUN = $(BIN)/python -m
# One thread for each job: the jobs themselves run side by side.
export OMP_NUM_THREADS ?= 1
export PYTHONUNBUFFERED = 1
# Let the C library keep freed memory: tensors of the same size are needed again at once.
export MALLOC_MMAP_THRESHOLD_ ?= 33554432
export MALLOC_TRIM_THRESHOLD_ ?= 4294967296
.PHONY: help install study book plan publish verify compare published pdf test test-slurm \
	test-wheel lint lock
help:
	@sed -n '/^#/!q; s/^# //p' Makefile
install: $(VENV)/.installed
# A path file makes `lib` known, relative to itself, so that a copy of this folder has its own.
$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11, 5) <= sys.version_info < (3, 14) and \
		f"Python 3.11.5 to 3.13 is needed, and this is {sys.version}: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.txt
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(VENV) requirements.txt
	@$(BIN)/python -c 'import os, sysconfig; place = sysconfig.get_path("purelib"); \
		open(f"{place}/lib.pth", "w").write(os.path.relpath(".", place))'
	@touch $@
# What the lock leaves out: the plugin for clusters, and what opens pages in a browser.
$(VENV)/.cluster $(VENV)/.browser: $(VENV)/.%: $(VENV)/.installed
	$(BIN)/uv pip install --quiet --python $(VENV) --no-build-isolation \
		--constraint requirements.txt -r pyproject.toml --extra $*
	@touch $@

study book publish: $(if $(filter slurm,$(ENGINE)),$(VENV)/.cluster)
study book plan publish: install
	@exec $(RUN) lib.commands.start $@ $(call OPTIONS,--)
verify: install
	@exec $(RUN) lib.commands.verify "results/chapters/$${CHAPTER:-prunings}" \
		--data "$${DATA:-datasets}" \
		$${ROW:---experiment vgg_svhn --train-seed 0 --prune-seed 0 --iteration 1}
compare: install
	@page="_build/compare/$$(date +%F-%H%M%S)-$$$$"; \
		exec $(RUN) lib.book.standalone notebooks/your_own/compare.py "$$page.html" \
		$(call OPTIONS,-p) -p table="$$page.csv"
published: install
	$(RUN) lib.book.build .
	@echo "The published book: file://$(CURDIR)/_build/html/index.html"
pdf: install
	$(RUN) lib.book.build . --builder singlehtml
	cp _build/singlehtml/book/index.html _build/singlehtml
	$(or $(shell which chromium || which google-chrome),$(error make pdf needs Chromium or Chrome)) \
		--headless --no-sandbox --no-pdf-header-footer --generate-pdf-document-outline \
		--virtual-time-budget=120000 \
		--print-to-pdf=_build/book.pdf "file://$(CURDIR)/_build/singlehtml/index.html"
# Pages are executed as another processor would do it, with the last digits of all numbers moved. A
# kernel may take long to start beside other work.
test: install
	$(BIN)/python -m pytest -p tests.perturbation --numprocesses auto --dist loadscope \
		--no-loadscope-reorder --nbval --nbval-current-env --nbval-kernel-startup-timeout 1200 \
		book tests
test-slurm: $(VENV)/.cluster
	variables="$$(tests/slurm/start.sh)" && trap tests/slurm/stop.sh EXIT && \
		eval "$$variables" && $(BIN)/python -m pytest tests/slurm
test-wheel:
	PATH="$(BIN):$$PATH" tests/wheel.sh "$(PYTHON)" "$${VERSIONS:-lowest-direct}"
lint: install
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/lint-imports
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11.5 --no-header \
	--no-annotate --generate-hashes
lock: install
	$(LOCK) pyproject.toml --extra study --extra book --extra test --fork-strategy fewest \
		--upgrade -o requirements.txt
	$(BIN)/uv self version --short | sed 's/ .*//; s/^/uv==/' | $(LOCK) - -o requirements-uv.txt
