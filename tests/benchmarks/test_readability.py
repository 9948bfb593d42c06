"""The counts of what readers read, on a made-up repository."""

import pytest

from benchmarks.readability import HELD, bounds, main

PAGE = """# %% [markdown]
# # A page

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.book import load

# %%
study = load(results)
measured = study.of("vgg")

measured.draw()
measured.table()
measured.names()
measured.done()

# %% tags=["hide-input"]
study.evidence()
"""

ALPHA = '''"""A module."""

LAST = 1
SHARED, (_own, OTHER) = 2, (3, 4)


def shared():
    """What it does.

    More of it.
    """

    def within():
        return LAST

    return within()


def main():
    shared()
'''


@pytest.fixture
def root(tmp_path):
    """A repository within all bounds."""
    put(tmp_path, "lib/__init__.py", "")
    put(tmp_path, "lib/alpha.py", ALPHA)
    put(tmp_path, "lib/table_schemas.py", "COLUMNS = ()\n")
    for question in ("one", "two"):
        put(tmp_path, f"lib/analyses/{question}/tables.py", "TABLES = ()\n")
    put(tmp_path, "notebooks/page.py", PAGE)
    put(tmp_path, "benchmarks/speed.py", "def main():\n    pass\n")
    return tmp_path


def put(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def counts(root):
    return {bound.what: bound.now for bound in bounds(root)}


def beyond(root):
    """{what: the places} of the counts that are beyond their bounds."""
    return {bound.what: bound.where for bound in bounds(root) if not bound.ok}


def test_a_repository_within_its_bounds(root):
    assert beyond(root) == {}
    found = counts(root)
    written = (file.read_text() for file in root.rglob("*.py"))
    assert found["lines of lib, notebooks, benchmarks"] == sum(text.count("\n") for text in written)
    assert found["lines of the longest cell"] == 7
    assert found["mean lines of a cell"] == (1 + 1 + 7 + 1) / 4
    assert found["code of pages that is visible, %"] == pytest.approx(100 * 6 / 9)
    assert found["lines of the longest file"] == ALPHA.count("\n")
    assert found["lines of the longest function"] == 6


@pytest.mark.parametrize(
    ("path", "text", "what", "place"),
    [
        ("notebooks/more.py", "# %%\ndef draw():\n    pass\n", "functions and classes", "more 1"),
        ("notebooks/more.py", "# %%\ndraw = lambda: None\n", "functions and classes", "more 1"),
        ("notebooks/job_run.py", "# %%\n" + "run()\n" * 21, "longest cell", "job_run 21"),
        (
            "notebooks/more.py",
            '# %% tags=["hide-input"]\nstudy.draw()\n',
            "pages of which less",
            "more (0 %)",
        ),
        (
            "notebooks/more.py",
            '# %% tags=["remove-input"]\nimport lib\nlib.draw(\n)\n' + "# %%\nlib\n" * 6,
            "removed lines beside imports",
            "more 2",
        ),
        ("lib/beta.py", "OTHER: int = 1\nmain = None\n", None, ""),
        ("lib/beta/alpha.py", "", "files that occur twice", "alpha"),
        ("lib/analyses/one/alpha.py", "", "files that occur twice", "alpha"),
        ("lib/beta.py", "\n" * 301, "longest file", "lib/beta.py 301"),
        (
            "lib/beta.py",
            "class A:\n    def f(self):\n" + "        pass\n" * 40,
            "longest function",
            "f in lib/beta.py 41",
        ),
        ("lib/beta.py", f"x = '{'a' * 60}'\n" * 30, "mean characters", ""),
        ("lib/beta.py", f"x = '{'a' * 90}'\n" * 3, "over 90 characters", ""),
    ],
)
def test_each_bound_is_noticed(root, path, text, what, place):
    put(root, path, text)
    found = beyond(root)
    if what is None:
        assert found == {}
    else:
        [where] = [places for name, places in found.items() if what in name]
        assert where == ((place,) if place else ())


def test_names_that_more_than_five_pairs_of_modules_share(root):
    put(root, "lib/beta.py", "SHARED = OTHER = LAST = TABLES = 1\n\n\ndef shared():\n    pass\n")
    assert counts(root)["public names that two modules define"] == 5
    assert beyond(root) == {}
    put(root, "lib/gamma.py", "class COLUMNS:\n    TABLES = 1\n")
    [names] = beyond(root).values()
    assert names == ("COLUMNS", "LAST", "OTHER", "SHARED", "TABLES", "shared")


def test_lines_of_all_three_folders_are_bounded(root):
    for number in range(100):
        put(root, f"benchmarks/long_{number}.py", "\n" * 260)
    assert list(beyond(root)) == ["lines of lib, notebooks, benchmarks"]


def test_only_the_strict_command_fails(root):
    assert main(["--strict"], root) == 0
    put(root, "lib/beta.py", f"x = '{'a' * 90}'\n" * 3)
    assert main([], root) == 0
    assert main(["--strict"], root) == 1


WITH_A_FUNCTION = "# %% [markdown]\n# # A page\n\n# %%\ndef area(width):\n    return width**2\n"


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("notebooks/with_a_function.py", WITH_A_FUNCTION, "with_a_function 1"),
        ("lib/beta.py", "\n" * 301, "lib/beta.py 301"),
    ],
)
def test_what_is_within_its_bound_stays_there(root, path, text, place, capsys):
    put(root, path, text)
    assert set(HELD) <= {bound.what for bound in bounds(root)}
    assert main([], root) == 1
    assert place in capsys.readouterr().out


def test_names_that_do_not_say_what_they_name_are_counted(root):
    source = """
from dataclasses import dataclass


@dataclass
class Sum:
    own: float

    def merged(self, other):
        return self.own + other.own


def merged(one, second):
    found = one + second
    return [found for other in (1, 2)]
"""
    put(root, "lib/beta.py", source)
    places = {f"{name} in lib/beta.py" for name in ("one", "found", "other")}
    assert set(beyond(root)["names that are pronouns"]) == places
    assert main([], root) == 1
