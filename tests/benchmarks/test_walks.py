"""How much of lib a reader passes through."""

from benchmarks import walks


def test_a_walk_enters_the_files_whose_functions_are_called(tmp_path):
    (tmp_path / "inner.py").write_text("def answer():\n    return 42\n")
    namespace: dict = {}
    source = compile((tmp_path / "inner.py").read_text(), tmp_path / "inner.py", "exec")
    assert walks.files_of(lambda: exec(source, namespace), tmp_path) == []  # only imported
    assert walks.files_of(lambda: namespace["answer"](), tmp_path) == [tmp_path / "inner.py"]
    assert walks.lines_of(tmp_path / "inner.py") == 2


def test_one_number_is_found_in_few_files():
    walk = walks.WALKS["one SVCCA number"]
    files = walks.files_of(walk.take)
    assert len(files) <= walk.most_files
    assert sum(map(walks.lines_of, files)) <= walk.most_lines
