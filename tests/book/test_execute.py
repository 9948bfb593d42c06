"""Executing notebooks: clean and repeatable when they work, informative when they do not."""

from unittest.mock import patch

import nbformat
import pytest

from lib.book.execute import NEEDS, ExecutionError, execute, main, write_page
from lib.book.pages import left_out, page_digest
from lib.repository import ROOT

from ..made_up import edited, write_results

GOOD = """\
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


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("notebooks") / "page.py"
    path.write_text(GOOD)
    return path


def test_a_page_has_its_parameters_and_nothing_of_the_machine(source, tmp_path):
    target = tmp_path / "page.ipynb"
    failed = tmp_path / "page.failed.ipynb"
    failed.touch()  # by an earlier execution
    given = ("-pnumber=4", "-prate=2", "-ploud=True", "-pname=x=y")
    assert main([str(source), str(target), *given]) == 0
    assert not failed.exists()
    cells = nbformat.read(target, as_version=4).cells
    assert cells[-1].outputs[0].text == "x=y 8.0 True\n"  # of the types of their defaults
    tags = [set(c.metadata.get("tags", [])) for c in cells]
    assert {"injected-parameters", "remove-cell"} in tags
    assert {"parameters", "remove-cell"} in tags
    assert tags[-1] == {"hide-input"}
    text = target.read_text()
    for trace in (str(source.parent), "noise", "papermill", '"execution": {'):
        assert trace not in text


def test_a_failing_cell_is_shown_with_what_was_printed_before(tmp_path):
    source, target = tmp_path / "bad.py", tmp_path / "out" / "bad.ipynb"
    source.write_text("# %%\nprint('so far')\n\n# %%\nvalue = 1\nvalue / 0\n")
    with pytest.raises(ExecutionError, match="cell 1 failed with ZeroDivisionError") as error:
        execute(source, target, {})
    assert str(error.value).count("\n") == 1
    assert not target.exists()
    failed = target.with_name("bad.failed.ipynb")
    assert str(failed) in str(error.value)
    assert "so far" in failed.read_text()


@pytest.mark.usefixtures("without_kernel")
@pytest.mark.parametrize(
    ("how", "name", "reason"),
    [
        ("unmeasured", "NotMeasuredError", "no x.parquet"),
        ("unmeasured", "KeyError", None),
        ("failed", "NotMeasuredError", "no x.parquet"),
        ("failed", "KeyError", "with these tables, cell 1 failed with KeyError: 'no x.parquet'"),
    ],
)
def test_a_page_without_its_tables_says_so_in_their_place(tmp_path, how, name, reason):
    source, target = tmp_path / "x" / "page.py", tmp_path / "x.ipynb"
    source.parent.mkdir()
    source.write_text(
        "# %% [markdown]\n# # Title\n#\n# One sentence.\n\n"
        "# %%\nclass NotMeasuredError(LookupError):\n    pass\n\n\n"
        f"raise {name}('no x.parquet')\n\n"
        "# %% [markdown]\n# (label)=\n# ## Section\n#\n# (here)=\n# Another.\n#\n"
        "# ```{glue:figure} glued\n# :name: fig-glued\n# ```\n\n"
        '# %% mystnb={"figure": {"name": "fig-drawn", "caption": "Drawn."}}\n1 + 1\n'
    )
    asked = [str(source), str(target), "--leave-out", how]
    if reason is None:
        with pytest.raises(ExecutionError):
            main(asked)
        assert not target.exists()
        return
    assert main(asked) == 0
    page = nbformat.read(target, as_version=4)
    (cell,) = page.cells
    title, *labels, head, why = cell.source.split("\n\n")
    assert (title, labels, why) == (
        "# Title",
        ["(label)=", "(here)=", "(fig-glued)=", "(fig-drawn)="],
        f"{reason[0].upper()}{reason[1:]}.",
    )
    assert head.startswith("## ")
    assert left_out(tmp_path) == {"x": reason}
    assert page.metadata.sha256 == page_digest(page)


@pytest.mark.usefixtures("without_kernel")
def test_a_page_that_fails_on_a_part_of_a_study_says_which_experiments_it_lacks(tmp_path):
    source, target = tmp_path / "x" / "page.py", tmp_path / "x.ipynb"
    source.parent.mkdir()
    source.write_text(
        '# %% tags=["parameters"]\nresults = "results/chapters/at_init"\n\n# %%\n{}["vgg_svhn"]\n'
    )
    absent, *there = (f"vgg_svhn_{way}_to_collapse" for way in ("synflow", "magnitude", "random"))
    results = write_results(tmp_path / "results", networks=there, chapter="at_init")
    asked = [str(source), str(target), f"-presults={results}", "--leave-out=failed"]
    for lacking in (absent, ", ".join(sorted([absent, *there]))):
        assert main(asked) == 0
        assert left_out(tmp_path)["x"] == (
            "with these tables, cell 2 failed with KeyError: 'vgg_svhn'; the tables of at_init "
            f"lack all or part of {lacking}, which `make study PROFILE=smoke CHAPTER=at_init` "
            "measures"
        )
        edited(results, lambda part: part.update(missing=["a job"]))
    with pytest.raises(
        ExecutionError, match="x/page.py: cell 2 failed .*; the tables of at_init lack"
    ):
        main(asked[:-1])
    assert main([*asked[:2], asked[-1]]) == 0
    assert left_out(tmp_path)["x"].startswith("with these tables, cell 1 failed with KeyError")


def test_a_kernel_that_dies_is_told_once(tmp_path, caplog):
    """Papermill logs it as well, and did so after Ctrl-C."""
    source, target = tmp_path / "dies.py", tmp_path / "dies.ipynb"
    source.write_text("# %%\nimport os\n\nos._exit(1)\n")
    told = f"{source}: Kernel died\nits outputs: {tmp_path / 'dies.failed.ipynb'}"
    with pytest.raises(ExecutionError, match=f"^{told}$"):
        main([str(source), str(target)])
    assert "Kernel died" not in caplog.text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("numbr=5", "Did you mean 'number'"),
        ("number=five", "number must be int"),
        ("rate=fast", "rate must be float"),
        ("loud=1", "loud must be bool"),
    ],
)
def test_wrong_parameters_are_refused(source, tmp_path, given, message):
    with pytest.raises(ValueError, match=message):
        main([str(source), str(tmp_path / "page.ipynb"), f"-p{given}"])


def test_a_page_finds_this_lib_before_any_other_and_says_that_it_needs_it(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("raise ImportError('a foreign lib')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    source, target = tmp_path / "page.py", tmp_path / "page.ipynb"
    source.write_text(
        "# %% [markdown]\n# # A page\n\n# %%\nfrom lib.repository import ROOT\n\nprint(ROOT)\n"
    )
    execute(source, target, {})
    title, needs, code = nbformat.read(target, as_version=4).cells
    assert (title.source, needs.source) == ("# A page", NEEDS)
    assert needs.metadata.tags == ["remove-cell"]
    assert code.outputs[0].text == f"{ROOT}\n"


def test_two_processes_may_write_a_page_at_once(tmp_path, monkeypatch):
    page, target = nbformat.v4.new_notebook(), tmp_path / "page.ipynb"
    write, others = nbformat.write, [1, 2]  # their process ids

    def write_beside_another(notebook, path):
        write(notebook, path)
        if others:
            other = others.pop()
            with patch("os.getpid", return_value=other):
                write_page(page, target)

    monkeypatch.setattr(nbformat, "write", write_beside_another)
    write_page(page, target)
    assert list(tmp_path.iterdir()) == [target]
