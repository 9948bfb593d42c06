# make book     train, prune, compare, build the book
#               PROFILE=smoke|laptop|paper DATA=folder CORES=n
# make study    the same without the pages
#               EXPERIMENTS="vgg_svhn vgg_svhn_one_shot"  these alone
#               CHAPTER=icpram2020|icann2020|wacv2020|at_init|prunings|converged|width_and_length  a page's own study
#               PARTIAL=1  the finished jobs; none is started
#               GPUS=4 JOBS_PER_GPU=2  several GPUs of a machine
#               THREADS=8  threads of each job
#               ENGINE=slurm ON=CPU  a cluster
# make slice    one network of the paper's study, in half an hour on a GPU:
#               NAME=vgg16_bn, vgg_svhn or resnet_fast
# make plan     which jobs are done and which are left
# make verify   compute one published number again, from its network or from its seeds
#               ROW="--experiment ..."
# make compare  any two networks on one page: A=resnet18 A_WEIGHTS=DEFAULT B=nets.py:pruned
#               B_WEIGHTS=b.pt IMAGES=folder STRANGERS=nets.py:other, with LAYERS="layer1 layer2" or SIZE=32 too;
#               nets.py is executed, as any script is; files of weights never are
# make test     all tests, and every output of the published pages
# make test-slurm  the study on a Slurm of one node, which this starts and stops
# make test-wheel  test the package as others install it, with the oldest versions that it
#               allows; VERSIONS=highest takes the newest
# make lint     style and import directions
# make format   correct the style
# make publish  publish the results of PROFILE as those of the book
#               EXPERIMENTS=...  replaces only these
# make published  build the published book from the committed results
# make pdf      the published book on paper, printed by Chromium
# make lock     pin the newest versions that fit pyproject.toml, each with its hashes
# make help     print this

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CLUSTER := $(VENV)/.cluster
BROWSER := $(VENV)/.browser
CHROMIUM := $(firstword $(shell which chromium chromium-browser google-chrome 2>/dev/null))
# They read variables; lib/make_variables.py says which, and what each may be.
ASKED := study book plan verify slice compare

# One thread for each job: the jobs themselves run side by side.
export OMP_NUM_THREADS ?= 1
export PYTHONUNBUFFERED = 1
# Hundreds of processes import `lib`: only the first ones compile it.
unexport PYTHONDONTWRITEBYTECODE
# Let the C library keep freed memory: tensors of the same size are needed again at once.
export MALLOC_MMAP_THRESHOLD_ ?= 33554432
export MALLOC_TRIM_THRESHOLD_ ?= 4294967296

.PHONY: help check install $(ASKED) publish published pdf chromium test test-slurm \
	test-wheel lint format lock

help:
	@sed -n '/^#/!q; s/^# //p' Makefile

# Before anything is installed. Whatever is asked for waits for it, so no target can forget it.
ASKED_FOR := $(or $(MAKECMDGOALS),help)
check:
	@$(PYTHON) -m lib.make_variables --check $(ASKED_FOR)

$(filter-out check,$(ASKED_FOR)): | check

install: $(INSTALLED)

# Compiled once here, not at the start of each of the many processes to come. A line of a path file
# makes `lib` known everywhere: installed, the package has another name.
$(INSTALLED): requirements.txt pyproject.toml | check
	@$(PYTHON) -c 'import sys; v = sys.version_info[:3]; sys.exit(not (3, 11, 5) <= v < (3, 14) \
		and f"Python 3.11.5 to 3.13 is needed, $(PYTHON) is {v[0]}.{v[1]}.{v[2]}: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.txt
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.txt
	@for place in $(VENV)/lib/python*/site-packages; do echo "$(CURDIR)" > $$place/lib.pth; done
	@touch $@

# The plugin for clusters, in versions that agree with the pinned ones.
$(CLUSTER): $(INSTALLED)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation \
		--constraint requirements.txt -r pyproject.toml --extra cluster
	@touch $@

# What opens pages in a browser that is there. Without it, such as offline, these tests are skipped.
$(BROWSER): $(INSTALLED)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint requirements.txt \
		-r pyproject.toml --extra browser && touch $@ || echo "the pages are not tested in a browser"

# A cluster needs a plugin of its own.
$(ASKED): check install $(if $(filter-out local,$(ENGINE)),$(CLUSTER))
	@$(BIN)/python -m lib.make_variables $@

publish: study
	@$(BIN)/python -m lib.make_variables publish

# The pages are executed beside the tests. In continuous integration they are executed as the simplest
# processor would compute them, without the vector units of this one; and beside the tests those
# alone that compute networks, since all others read numbers from the tables, and since a test of its
# own executes nano_imp.
# A kernel may take long to start beside other work, or from a cold disk.
COMPUTING = pruning_methods similarity_metrics what_a_value_means your_own
TEST = $(BIN)/python -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder \
	--nbval --nbval-current-env --nbval-kernel-startup-timeout 1200
DISPATCHED = import numpy; print(*numpy.show_config("dicts")["SIMD Extensions"]["found"])
PLAIN = NPY_DISABLE_CPU_FEATURES="$$($(BIN)/python -c '$(DISPATCHED)')" \
	ATEN_CPU_CAPABILITY=default MKL_CBWR=COMPATIBLE

test: install $(if $(CHROMIUM),$(BROWSER))
	$(if $(CI),$(PLAIN) $(TEST) book)
	$(TEST) $(if $(CI),$(COMPUTING:%=book/%.ipynb),book) tests

test-slurm: $(CLUSTER)
	variables="$$(tests/slurm/start.sh)" && trap tests/slurm/stop.sh EXIT && \
		eval "$$variables" && $(BIN)/python -m pytest tests/slurm

# With the venv's uv, or that of the machine, since nothing here needs the study's own packages.
UV = $(or $(wildcard $(BIN)/uv),uv)
VERSIONS ?= lowest-direct
WHEEL := _build/wheel
# PyTorch 2.4 says it of itself, when it reads a pickled tensor; matplotlib 3.9 calls pyparsing as one
# did before.
OF_OLDEST = -W 'ignore:You are using `torch.load`:FutureWarning' \
	-W ignore::pyparsing.warnings.PyparsingDeprecationWarning
test-wheel:
	rm -rf $(WHEEL)
	$(UV) build --quiet --out-dir $(WHEEL)
	$(UV) venv --quiet --python $(PYTHON) $(WHEEL)/venv
	$(UV) pip install --quiet --python $(WHEEL)/venv --resolution $(VERSIONS) \
		--requirements pyproject.toml $(WHEEL)/*.whl
	sed -n '/^```python/,/^```$$/ {/^```/d; s/from lib/from pruned_representations/; p;}' README.md | \
		$(WHEEL)/venv/bin/python -I -
	$(UV) pip freeze --python $(WHEEL)/venv >$(WHEEL)/installed.txt
	$(UV) pip install --quiet --python $(WHEEL)/venv --constraint $(WHEEL)/installed.txt \
		filelock pyarrow pytest scikit-learn tqdm
	$(WHEEL)/venv/bin/python -m pytest $(OF_OLDEST) tests/compare tests/metrics tests/models \
		tests/pruning

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

published: install
	$(BIN)/python -m lib.book.build .
	@echo "The published book: file://$(CURDIR)/_build/html/index.html"

# All pages as one, printed by a browser; what is folded away stays so.
pdf: install chromium
	$(BIN)/python -m lib.book.build . --builder singlehtml
	cp _build/singlehtml/book/index.html _build/singlehtml
	$(PRINT)=_build/book.pdf "file://$(CURDIR)/_build/singlehtml/index.html"

PRINT = $(CHROMIUM) --headless --no-sandbox --no-pdf-header-footer --virtual-time-budget=120000 \
	--print-to-pdf

chromium:
	@test -n "$(CHROMIUM)" || { echo "needs Chromium or Chrome to print with"; exit 1; }

lock: install
	$(BIN)/uv pip compile pyproject.toml --extra study --extra book --extra test --universal \
		--python-version 3.11.5 \
		--fork-strategy fewest --no-header --no-annotate --generate-hashes --upgrade --quiet \
		-o requirements.txt
	echo uv==$$($(BIN)/uv self version --short | cut -d' ' -f1) | $(BIN)/uv pip compile - --universal \
		--python-version 3.11.5 --no-header --no-annotate --generate-hashes --quiet \
		-o requirements-uv.txt
