# make book    the study and the book        PROFILE=smoke|laptop|paper  DATA=folder  CORES=n
# make study   the tables alone              EXPERIMENTS="vgg_svhn vgg_svhn_one_shot"
#              from the finished jobs        PARTIAL=1
#              of a companion paper          CHAPTER=icpram2020|icann2020|wacv2020|at_init
#              on several GPUs of a machine  GPUS=4 JOBS_PER_GPU=2|auto THREADS=8
#              on a cluster                  ENGINE=slurm ON="NVIDIA H200"|CPU
# make plan    what a study will take, before it starts
# make status  how far it is, while it runs
# make verify  one published number, computed again   ROW="--experiment ..."
# make test    all tests, and every output of the published pages
# make help    the other targets

PYTHON ?= python3
VENV ?= .venv
PROFILE ?= smoke
DATA ?= datasets
THREADS ?= 1
CORES ?= all
ENGINE ?= local
ON ?=
GPUS ?=
JOBS_PER_GPU ?= 1
EXPERIMENTS ?=
CHAPTER ?=
PARTIAL ?=
NAME ?= resnet_fast
ROW ?= --experiment vgg_svhn --train-seed 0 --prune-seed 0 --iteration 1 --layer conv3_1 --metric svcca
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CLUSTER := $(VENV)/.cluster

# One thread for each job: the jobs themselves run side by side.
export OMP_NUM_THREADS ?= 1
export PYTHONUNBUFFERED = 1
# Let the C library keep freed memory: tensors of the same size are needed again at once.
export MALLOC_MMAP_THRESHOLD_ ?= 33554432
export MALLOC_TRIM_THRESHOLD_ ?= 4294967296
ASKED = $(PROFILE) $(if $(CHAPTER),--chapter $(CHAPTER)) \
	$(if $(EXPERIMENTS),--experiments $(EXPERIMENTS))
ifeq ($(JOBS_PER_GPU),auto)
override JOBS_PER_GPU := $(shell $(BIN)/python -m lib.study.plan $(ASKED) --places)
$(if $(JOBS_PER_GPU),,$(error JOBS_PER_GPU=auto needs a GPU, and `make install` before it))
endif
ifneq ($(if $(filter local,$(ENGINE)),,$(GPUS)),)
$(error GPUS counts those of one machine; profiles/$(ENGINE)/config.yaml says what a job gets)
endif
# A place for each job: cuda:0 cuda:1 cuda:0 cuda:1 are two jobs on each of two GPUs.
PLACES = $(if $(GPUS),$(foreach job,$(shell seq $(JOBS_PER_GPU)),\
	$(shell seq -f cuda:%g 0 $$(($(GPUS) - 1)))))
HOW = $(if $(filter local,$(ENGINE)),--cores $(CORES),--workflow-profile profiles/$(ENGINE))
# What takes one value comes last: --resources and --config would take the target as theirs.
SNAKEMAKE = $(BIN)/snakemake $(if $(GPUS),--resources gpu=$(words $(PLACES))) \
	--config profile=$(PROFILE) data=$(DATA) $(if $(GPUS),device="$(strip $(PLACES))") \
	$(if $(EXPERIMENTS),experiments="$(EXPERIMENTS)") $(if $(CHAPTER),chapter=$(CHAPTER)) \
	$(if $(PARTIAL),partial=1) $(if $(ON),on="$(ON)") threads=$(THREADS) $(HOW)
PUBLISHED = results$(if $(CHAPTER),/chapters/$(CHAPTER))
STUDY = _build/$(PROFILE)$(if $(CHAPTER),/chapters/$(CHAPTER))$(if $(PARTIAL),/partial)

.PHONY: help install book study slice plan status verify test test-slurm lint format publish published \
	lock clean

help:
	@echo "make book     train, prune, compare, build the book  (PROFILE=$(PROFILE) DATA=$(DATA))"
	@echo "make study    the same without the pages; PARTIAL=1 starts no job and shows finished ones"
	@echo "              GPUS=4 JOBS_PER_GPU=2 shares the GPUs of a machine; ENGINE=slurm is a cluster"
	@echo "make slice    half an hour on a GPU: NAME=vgg16_bn, vgg_svhn or resnet_fast"
	@echo "make plan     what a study will take, before it starts"
	@echo "make status   which jobs are done, running, failed or waiting, and the time left"
	@echo "make verify   compute one published number again, from its network or from its seeds"
	@echo "make test     all tests, and every output of the published pages"
	@echo "make test-slurm  the study on a Slurm of one node, which this starts and stops"
	@echo "make lint     style and import directions"
	@echo "make format   correct the style"
	@echo "make publish  make the results of PROFILE those of the published book;"
	@echo "              EXPERIMENTS=... replaces only these"
	@echo "make published  build the published book from the committed results"
	@echo "make lock     pin the newest versions that fit pyproject.toml"
	@echo "make clean    remove _build, results of your studies included"

install: $(INSTALLED)

# Compiled once here, not at the start of each of the many processes to come.
$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13) \
		and f"Python 3.11 to 3.13 is needed, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==0.13.8
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# The plugin for clusters, in versions that agree with the pinned ones.
$(CLUSTER): $(INSTALLED)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation \
		--constraint requirements.txt -e ".[cluster]"
	@touch $@

ENGINES = install $(if $(filter-out local,$(ENGINE)),$(CLUSTER))

book: $(ENGINES)
	@$(SNAKEMAKE) book
	@echo "The book: file://$(CURDIR)/$(STUDY)/pages/_build/html/index.html"

study: $(ENGINES)
	@$(SNAKEMAKE) study
	@echo "The tables: $(CURDIR)/$(STUDY)/results"

slice: install
	$(BIN)/python -m benchmarks.slices $(NAME) --data $(DATA)

plan: install
	@$(BIN)/python -m lib.study.plan $(ASKED) $(if $(ON),--on "$(ON)")

status: install
	@$(BIN)/python -m lib.study.status $(ASKED)

verify: install
	$(BIN)/python -m lib.study.recompute $(PUBLISHED) --data $(DATA) $(ROW)

# The pages first: they take less time than the tests, and are what readers see. Once as this
# processor computes, and once without its vector units, as the simplest processor would.
# A kernel may take long to start beside other work, or from a cold disk.
PAGES = $(BIN)/python -m pytest --numprocesses auto --dist loadfile \
	--nbval --nbval-current-env --nbval-kernel-startup-timeout 1200 book
DISPATCHED = import numpy; print(*numpy.show_config("dicts")["SIMD Extensions"]["found"])
PLAIN = NPY_DISABLE_CPU_FEATURES="$$($(BIN)/python -c '$(DISPATCHED)')" \
	ATEN_CPU_CAPABILITY=default MKL_CBWR=COMPATIBLE

test: install
	$(PAGES)
	$(PLAIN) $(PAGES)
	$(BIN)/python -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder

test-slurm: $(CLUSTER)
	variables="$$(tests/slurm/start.sh)" && trap tests/slurm/stop.sh EXIT && \
		eval "$$variables" && $(BIN)/python -m pytest tests/slurm

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

publish: study
	$(BIN)/python -m lib.book.publish $(STUDY)/results $(if $(EXPERIMENTS),--merge)

published: install
	$(BIN)/python -m lib.book.build .
	@echo "The published book: file://$(CURDIR)/_build/html/index.html"

lock: install
	$(BIN)/uv pip compile pyproject.toml --extra book --extra test --universal \
		--python-version 3.11.5 \
		--fork-strategy fewest --no-header --no-annotate --upgrade --quiet -o requirements.txt

clean:
	rm -rf _build
