#!/usr/bin/env bash
# Install the package as others do, where nothing else is, and try it.
#
#     tests/wheel.sh PYTHON lowest-direct|highest
set -euo pipefail

python=$1 versions=$2 folder=_build/wheel
rm -rf "$folder"
uv build --quiet --out-dir "$folder"
uv venv --quiet --python "$python" "$folder/venv"
uv pip install --quiet --python "$folder/venv" --resolution "$versions" \
    --requirements pyproject.toml "$folder"/*.whl
sed -n '/^```python/,/^```$/ {/^```/d; s/from lib/from pruned_representations/; p;}' README.md |
    "$folder/venv/bin/python" -I -
uv pip freeze --python "$folder/venv" >"$folder/installed.txt"
uv pip install --quiet --python "$folder/venv" --constraint "$folder/installed.txt" \
    pyarrow pytest scikit-learn tqdm
# PyTorch 2.4 warns of itself, when it reads a pickled tensor; matplotlib 3.9 calls pyparsing, and
# torchvision 0.19 meshgrid, as one did
"$folder/venv/bin/python" -m pytest -W 'ignore:You are using `torch.load`:FutureWarning' \
    -W ignore::pyparsing.warnings.PyparsingDeprecationWarning \
    -W ignore:torch.meshgrid:UserWarning \
    tests/compare tests/metrics tests/models tests/pruning
