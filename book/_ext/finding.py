"""A sentence that a person wrote is shown only while what it rests on is so.

    :::{finding}
    :expects: controls-costless-svcca = about as close; controls-costless-cka = closer
    Pruning that costs no accuracy moves the layers about as far as training alone does.
    :::

The keys are those that executed pages have recorded (`lib.book.findings.record`); several that
differ in a part are written as one, `controls-{costless,end}-svcca`. Where a verdict
differs, the published book is not built. A reader's own study, which may well come out otherwise,
shows the comparisons in place of the sentence.

    :::{figure-title} fig-controls-vgg16-bn
    :expects: controls-trained_as_long-vgg16_bn-svcca = about as close
    By SVCCA, training alone moves the layers about as far
    :::

is such a sentence as the title of a figure, wherever on its page it is written. In a study that
differs the figure has no title. One that says what is shown, and no result, expects nothing.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lib.book.claims.engine import NOT_MEASURED
from lib.book.findings import Decided, expectations, recorded

logger = logging.getLogger(__name__)

OTHERWISE = (
    "The published book draws a conclusion here that this study does not bear out. "
    "What it rests on came out as follows:"
)
HEAD = ("Compared", "Measured", "Verdict")
REMEDY = (
    "Execute the pages again if their tables have changed; otherwise rewrite the sentence, "
    "or what it expects."
)


@dataclass(frozen=True)
class Expectation:
    """What a sentence rests on, and what the pages have recorded about it."""

    sentence: str
    key: str
    verdict: str
    found: tuple[tuple[Decided, tuple[str, ...]], ...]  # the comparison, the files that recorded it

    @property
    def holds(self) -> bool:
        return [comparison.verdict for comparison, _ in self.found] == [self.verdict]

    @property
    def fault(self) -> str:
        """What was expected, and what was found instead."""
        expected = f'"{self.sentence}" expects {self.key} = {self.verdict}'
        if not self.found:
            return f"{expected}, but no page has recorded this key."
        found = " and ".join(
            f"{comparison.verdict} ({comparison.measured}; recorded by {', '.join(files)})"
            for comparison, files in self.found
        )
        return f"{expected}, but found is {found}."

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """For a reader: compared, measured, verdict."""
        if not self.found:
            return [(self.key, "", NOT_MEASURED)]
        return [(decided.words, decided.measured, decided.verdict) for decided, _ in self.found]


def found(env: Any, key: str) -> tuple[tuple[Decided, tuple[str, ...]], ...]:
    """What the executed pages have recorded under a key."""
    return tuple((decided, tuple(files)) for decided, files in env.recorded.get(key, {}).items())


class Guarded(SphinxDirective):
    """A sentence that is shown only while what it expects is so."""

    has_content = True
    option_spec = {"expects": directives.unchanged}  # noqa: RUF012

    def expects(self) -> list[Expectation]:
        """What the sentence rests on; all of the book's are checked when its pages are read."""
        try:
            expected = expectations(self.options.get("expects") or "")
        except ValueError as error:
            raise self.error(f"{self.name}: {error}") from error
        sentence = textwrap.shorten(" ".join(self.content), 80, placeholder=" ...")
        expects = [
            Expectation(sentence, key, verdict, found(self.env, key))
            for key, verdict in expected.items()
        ]
        self.env.expectations.setdefault(self.env.docname, []).extend(expects)
        return expects

    def is_borne_out(self, expects: list[Expectation]) -> bool:
        """Whether to show the sentence: the published book is checked as a whole."""
        return not self.config.own_study or all(expectation.holds for expectation in expects)

    def block(self) -> nodes.container:
        """What the sentence goes into."""
        block = nodes.container(classes=[self.name])
        self.set_source_info(block)
        return block


class Finding(Guarded):
    """The sentence, or in another study that differs the comparisons that it rests on."""

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        expects, block = self.expects(), self.block()
        if self.is_borne_out(expects):
            self.state.nested_parse(self.content, self.content_offset, block)
        else:
            rows = [row for expectation in expects for row in expectation.rows]
            block += [nodes.paragraph("", OTHERWISE), table(rows)]
        return [block]


class FigureTitle(Guarded):
    """The title of a figure, or without a name of what follows; none in a study that differs."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        expects = self.expects() if "expects" in self.options else []
        if not self.is_borne_out(expects):
            return []
        block = self.block()
        if self.arguments:
            block["figure"] = self.arguments[0]
        self.state.nested_parse(self.content, self.content_offset, block)
        return [block]


def place_titles(app: Any, doctree: nodes.document) -> None:
    """Move each title from where it was written to the top of its figure."""
    figures = {name: figure for figure in doctree.findall(nodes.figure) for name in figure["names"]}
    for block in list(doctree.findall(nodes.container)):
        name = block.get("figure")
        if name is None:
            continue
        block.parent.remove(block)
        if name in figures:
            figures[name].insert(0, block)
        else:
            logger.warning("this page has no figure %r to put a title on", name, location=block)


def table(rows: list[tuple[str, str, str]]) -> nodes.table:
    """Comparisons for the reader, one in each row."""
    group = nodes.tgroup(cols=len(HEAD))
    group += [nodes.colspec(colwidth=width) for width in (5, 4, 2)]
    group += nodes.thead("", line(HEAD))
    group += nodes.tbody("", *map(line, rows))
    return nodes.table("", group)


def line(texts: tuple[str, ...]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", text)) for text in texts))


class Expectations(EnvironmentCollector):
    """Keeps what each page expects, over builds that read only the pages that have changed."""

    def clear_doc(self, app: Any, env: Any, docname: str) -> None:
        env.expectations.pop(docname, None)

    def merge_other(self, app: Any, env: Any, docnames: set[str], other: Any) -> None:
        read = {name: other.expectations[name] for name in docnames if name in other.expectations}
        env.expectations |= read

    def process_doc(self, app: Any, doctree: nodes.document) -> None:
        """Nothing: the directive itself notes what it expects."""

    def get_outdated_docs(
        self, app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]
    ) -> list[str]:
        return [
            docname
            for docname, expects in env.expectations.items()
            if any(expectation.found != found(env, expectation.key) for expectation in expects)
        ]


def read_pages(app: Any) -> None:
    """Read what the executed pages have recorded, once for each build."""
    app.env.recorded = recorded(Path(app.srcdir, "book"))
    if not hasattr(app.env, "expectations"):
        app.env.expectations = {}


def check(app: Any, env: Any) -> None:
    """Stop the build of the published book where a sentence is not borne out.

    Raises:
        ExtensionError: names each such sentence with its page; or pages disagree about a key.
    """
    if app.config.own_study:
        return
    faults = [
        f"{docname}: {expectation.fault}"
        for docname, expects in sorted(env.expectations.items())
        for expectation in expects
        if not expectation.holds
    ]
    for key, comparisons in env.recorded.items():
        if len(comparisons) > 1:
            files = ", ".join(sorted({file for named in comparisons.values() for file in named}))
            faults.append(f"{key} is recorded with different contents, by {files}.")
    if faults:
        raise ExtensionError("\n".join(["findings that do not hold:", *faults, REMEDY]))


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.add_config_value("own_study", False, "env", bool)
    app.add_directive("finding", Finding)
    app.add_directive("figure-title", FigureTitle)
    app.add_env_collector(Expectations)
    app.connect("builder-inited", read_pages)
    app.connect("doctree-read", place_titles)
    app.connect("env-updated", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
