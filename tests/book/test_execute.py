"""Executing notebooks: clean and repeatable when they work, informative when they do not."""

from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from lib.book.execute import ExecutionError, execute, main

HEADER = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

"""

GOOD = (
    HEADER
    + """\
# %% [markdown]
# # A page

# %% tags=["parameters"]
number = 3
rate = 0.5
name = "a"
loud = False

# %% tags=["hide-input"]
import sys
import uuid

print("no" + "ise", file=sys.stderr)
print(name, number * rate, loud)
"""
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("notebooks") / "page.py"
    path.write_text(GOOD)
    return path


@pytest.fixture(scope="module")
def executed(source):
    target = source.parent / "out" / "page.ipynb"
    execute(source, target, {"number": "4", "rate": "2", "loud": "True"})
    return target


def test_parameters_take_the_types_of_their_defaults(executed):
    notebook = nbformat.read(executed, as_version=4)
    assert notebook.cells[-1].outputs[0].text == "a 8.0 True\n"


def test_nothing_of_the_machine_is_left_in_the_page(source, executed):
    text = executed.read_text()
    assert str(source.parent) not in text
    assert "noise" not in text
    assert "papermill" not in text
    assert '"execution": {' not in text


def test_parameter_cells_are_hidden_and_other_tags_kept(executed):
    tags = [set(c.metadata.get("tags", [])) for c in nbformat.read(executed, 4).cells]
    assert {"injected-parameters", "remove-cell"} in tags
    assert {"parameters", "remove-cell"} in tags
    assert tags[-1] == {"hide-input"}


def test_a_failing_cell_is_shown_with_what_was_printed_before(tmp_path):
    source, target = tmp_path / "bad.py", tmp_path / "bad.ipynb"
    source.write_text(HEADER + "# %%\nprint('so far')\n\n# %%\nvalue = 1\nvalue / 0\n")
    with pytest.raises(ExecutionError, match="ZeroDivisionError") as error:
        execute(source, target, {})
    assert "cell 2" in str(error.value) or "cell 1" in str(error.value)
    assert str(error.value).count("\n") == 1
    assert not target.exists()
    failed = tmp_path / "bad.failed.ipynb"
    assert str(failed) in str(error.value)
    assert "so far" in failed.read_text()

    source.write_text(HEADER + "# %%\nprint('corrected')\n")
    execute(source, target, {})
    assert target.exists()
    assert not failed.exists()


def test_a_kernel_that_dies_is_told_once(tmp_path, capsys, caplog):
    """Papermill logs it as well, and did so after Ctrl-C."""
    source, target = tmp_path / "dies.py", tmp_path / "dies.ipynb"
    source.write_text(HEADER + "# %%\nimport os\n\nos._exit(1)\n")
    assert main([str(source), str(target)]) == 1
    told = f"{source}: Kernel died\nits outputs: {tmp_path / 'dies.failed.ipynb'}\n"
    assert capsys.readouterr().err == told
    assert "Kernel died" not in caplog.text


SEVERAL = (
    HEADER
    + """\
# %% tags=["parameters"]
name = "a"

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-{{name}}", "caption": "A figure."}}
print(name)
"""
)


@pytest.mark.parametrize("name", ["a", "b"])
def test_figures_of_a_notebook_that_makes_several_pages_have_names_of_their_own(name, tmp_path):
    source = tmp_path / "several.py"
    source.write_text(SEVERAL)
    execute(source, tmp_path / "page.ipynb", {"name": name})
    *_, figure = nbformat.read(tmp_path / "page.ipynb", as_version=4).cells
    assert figure.metadata.mystnb.figure.name == f"fig-{name}"
    assert figure.outputs[0].text == f"{name}\n"


def test_command_line(source, tmp_path):
    target = tmp_path / "page.ipynb"
    assert main([str(source), str(target), "-pnumber=5", "-pname=x=y"]) == 0
    assert nbformat.read(target, 4).cells[-1].outputs[0].text == "x=y 2.5 False\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("numbr=5", "Did you mean 'number'"),
        ("number=five", "number must be int"),
        ("number=1.5", "number must be int"),
        ("number=True", "number must be int"),
        ("rate=fast", "rate must be float"),
        ("loud=1", "loud must be bool"),
    ],
)
def test_wrong_parameters_are_refused(source, tmp_path, capsys, given, message):
    assert main([str(source), str(tmp_path / "page.ipynb"), f"-p{given}"]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_on_a_full_disk_no_half_of_a_page_stays(source, tmp_path, monkeypatch, capsys):
    def executed(prepared, target, *_, **__):
        notebook = nbformat.read(prepared, as_version=4)
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, target)

    monkeypatch.setattr("papermill.execute_notebook", executed)
    monkeypatch.setattr("lib.atomic_files.uuid4", lambda: SimpleNamespace(hex="0"))
    (tmp_path / ".page.ipynb.0.part").symlink_to("/dev/full")
    assert main([str(source), str(tmp_path / "page.ipynb")]) == 1
    assert "page.ipynb could not be written: No space left" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
