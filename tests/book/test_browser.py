"""Every page of a built book in a real browser, at a desk and on a phone, with the network off.

Pages are opened as files, as readers of `make book` open them; the published book is built into a
temporary folder. The tests need playwright (the extra `browser`) and an installed Chromium. Without
them they are skipped, unless `REQUIRE_BROWSER` is set.
"""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pandas as pd
import pytest
from sphinx_external_toc.parsing import parse_toc_yaml

from lib import ROOT
from lib.book.build import build

VIEWPORTS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PAGES = sorted(parse_toc_yaml(ROOT / "_toc.yml"))

TYPESET = "async () => { await window.MathJax?.startup?.promise; }"
UNFOLD = """for (const details of document.querySelectorAll("details")) details.open = true;
for (const tab of document.querySelectorAll(".sd-tab-content")) tab.style.display = "block";"""

# The formulas of the page's source, and what became of each.
FORMULAS = """() => [...document.querySelectorAll("article .math")].map(element => {
    const shown = element.querySelector("mjx-container");
    const box = (shown ?? element).getBoundingClientRect();
    const failed = element.querySelector("mjx-merror, merror") !== null;
    return {
        text: element.textContent.slice(0, 60), rendered: shown !== null && !failed,
        width: box.width, height: box.height,
    };
})"""

# Pictures that a reader is meant to see: no formulas, nothing that is marked as decoration, and not
# the still figure where the one that moves stands in its place. A picture that is made of several
# counts once.
PICTURES = """() => [...document.querySelectorAll(
        "article img, article svg, article canvas, article [role=img]")]
    .filter(element => !element.closest("mjx-container, [aria-hidden=true], button, a.headerlink"))
    .filter(element => !element.closest("body.prunes-itself #fig-answer"))
    .filter(element => !element.parentElement.closest("[role=img]"))
    .map(element => {
        const box = element.getBoundingClientRect();
        const named = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(id => id)
            .map(id => document.getElementById(id)?.textContent ?? "").join(" ");
        const alternative = ["alt", "aria-label"].map(key => element.getAttribute(key) ?? "");
        const around = element.parentElement, edge = around.getBoundingClientRect().right;
        const scrolls = /auto|scroll/.test(getComputedStyle(around).overflowX);
        return {
            html: element.outerHTML.slice(0, 90),
            alternative: [...alternative, named].join(" ").trim(),
            width: box.width, height: box.height, left: box.left,
            right: scrolls ? Math.min(box.right, edge) : box.right,
            scale: element.matches(".cell_output img") ? box.width / element.naturalWidth : 1,
            visible: element.checkVisibility({opacityProperty: true, visibilityProperty: true}),
            broken: element.tagName === "IMG" && element.naturalWidth === 0,
        };
    })"""

FIGURES = """() => [...document.querySelectorAll("article figure")].map(figure => ({
    name: figure.id, pictures: figure.querySelectorAll("img, [role=img], canvas").length,
    caption: figure.querySelector("figcaption")?.innerText.trim() ?? "",
}))"""

# Elements that reach beyond the right edge of the column, except inside an element that scrolls by
# itself, such as a wide table or a line of code. And elements around the column that scroll.
BEYOND = """() => {
    const article = document.querySelector("article");
    const edge = Math.min(document.documentElement.clientWidth,
                          article.parentElement.getBoundingClientRect().right) + 1;
    const scrolls = element => {
        for (let e = element.parentElement; e !== article; e = e.parentElement)
            if (/auto|scroll/.test(getComputedStyle(e).overflowX)) return true;
        return false;
    };
    const found = [...article.querySelectorAll("*")]
        .filter(e => e.getBoundingClientRect().right > edge && !e.closest("mjx-assistive-mml"))
        .filter(e => e.checkVisibility() && !scrolls(e));
    for (let e = article; e; e = e.parentElement)
        if (e.scrollWidth > e.clientWidth + 1) found.push(e);
    return found.map(e => e.outerHTML.slice(0, 90));
}"""

# Words below 10 px, as the page shows them. Exponents and formulas have smaller signs.
SMALL = """() => [...document.querySelectorAll("body *")]
    .filter(e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .filter(e => !e.closest("script, style, noscript, tspan, mjx-container"))
    .filter(e => e.checkVisibility({visibilityProperty: true}))
    .map(e => {
        const drawn = e.getScreenCTM?.(), scale = drawn ? Math.hypot(drawn.a, drawn.b) : 1;
        return [e.textContent.slice(0, 40), parseFloat(getComputedStyle(e).fontSize) * scale];
    }).filter(([text, size]) => size < 9.99)"""

# What the style sheet draws in each icon, such as a letter of the icons' font.
ICONS = """() => [...document.querySelectorAll("[class*=' fa-']")].filter(e => e.checkVisibility())
    .map(e => getComputedStyle(e, "::before").content)"""

LINKS = """() => [...document.querySelectorAll("a[href]")].map(a => a.href)"""
ANCHORS = """() => [...document.querySelectorAll("[id]")].map(e => e.id)"""

# The theme moves its side bars when the window becomes narrow.
AT_REST = "async () => { await Promise.allSettled(document.getAnimations().map(a => a.finished)); }"


class Visitor:
    """What a browser without a network sees of a built book.

    Args:
        browser: of playwright.
        html: the folder of the built pages.
    """

    def __init__(self, browser, html):
        self.browser = browser
        self.html = html
        self.visits = {}

    def visit(self, name, width):
        """A page is opened once, at a desk, and then made narrow."""
        if (name, width) not in self.visits:
            context = self.browser.new_context(viewport=VIEWPORTS["desk"], offline=True)
            page = context.new_page()
            errors, requests = [], []
            page.on("console", lambda said: said.type == "error" and errors.append(said.text))
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("request", lambda request: requests.append(request.url))
            page.on("requestfailed", lambda request: errors.append(f"{request.url} is not there"))
            page.goto((self.html / f"{name}.html").as_uri())
            page.evaluate(TYPESET)
            folded = page.evaluate("document.documentElement.scrollHeight")
            page.evaluate(UNFOLD)
            links, anchors = page.evaluate(LINKS), page.evaluate(ANCHORS)
            for how, viewport in VIEWPORTS.items():
                page.set_viewport_size(viewport)
                page.evaluate(AT_REST)
                # a blob is what the page itself has made, such as the program of a worker
                own = self.html.as_uri(), "data:", "blob:"
                self.visits[name, how] = SimpleNamespace(
                    errors=errors,
                    elsewhere=[url for url in requests if not url.startswith(own)],
                    folded=folded,
                    mathjax=any("mathjax" in url for url in requests),
                    icons=page.evaluate(ICONS),
                    links=links,
                    anchors=anchors,
                    small=page.evaluate(SMALL),
                    formulas=page.evaluate(FORMULAS),
                    pictures=page.evaluate(PICTURES),
                    figures=page.evaluate(FIGURES),
                    page_width=page.evaluate("document.documentElement.scrollWidth"),
                    window_width=page.evaluate("document.documentElement.clientWidth"),
                    beyond=page.evaluate(BEYOND),
                )
            context.close()
        return self.visits[name, width]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The folder of the built pages."""
    pages = tmp_path_factory.mktemp("published")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(ROOT / name, pages / name)
    for name in ("book", "results"):
        shutil.copytree(
            ROOT / name, pages / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    earlier = pages / "_build" / "html" / "book" / "page_that_is_gone.html"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    return build(pages).parent


@pytest.fixture(scope="module")
def visitor(chromium, html):
    return Visitor(chromium, html)


@pytest.fixture(params=VIEWPORTS)
def width(request):
    return request.param


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_without_errors_and_without_other_hosts(visitor, name, width):
    seen = visitor.visit(name, width)
    assert seen.errors == []
    assert seen.elsewhere == []


@pytest.mark.parametrize("name", PAGES)
def test_every_formula_is_typeset(visitor, name, width):
    for formula in visitor.visit(name, width).formulas:
        assert formula["rendered"], formula
        assert formula["width"] > 2, formula
        assert formula["height"] > 2, formula


@pytest.mark.parametrize("name", PAGES)
def test_formulas_alone_need_mathjax_and_icons_no_script(visitor, name):
    seen = visitor.visit(name, "desk")
    assert seen.mathjax == bool(seen.formulas)
    assert len(seen.icons) >= 3
    assert all(icon.startswith('"') and icon.strip('"') for icon in seen.icons)


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_seen_and_described(visitor, name, width):
    seen = visitor.visit(name, width)
    for picture in seen.pictures:
        assert picture["visible"], picture
        assert not picture["broken"], picture
        assert min(picture["width"], picture["height"]) >= 40, picture
        assert picture["left"] >= 0, picture
        assert picture["right"] <= seen.window_width + 1, picture
        assert len(picture["alternative"].split()) >= 3, picture
        assert picture["scale"] > 7 / 9, picture  # letters are drawn with 9 points
    for figure in seen.figures:
        assert figure["pictures"], figure
        assert figure["caption"], figure


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_without_scrolling_sideways(visitor, name, width):
    seen = visitor.visit(name, width)
    assert seen.page_width <= seen.window_width
    assert seen.beyond == []


@pytest.mark.parametrize("name", PAGES)
def test_every_word_is_large_enough_to_read(visitor, name, width):
    assert visitor.visit(name, width).small == []


LONGEST = {"book/claims": 6_000}
"""Pixels of a page at a desk, with its evidence folded; 10,000 of all others."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_comes_to_its_end(visitor, name):
    assert visitor.visit(name, "desk").folded <= LONGEST.get(name, 10_000)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_into_the_book_arrives(visitor, name):
    anchors = {
        (visitor.html / f"{page}.html").as_uri(): visitor.visit(page, "desk").anchors
        for page in PAGES
    }
    for link in visitor.visit(name, "desk").links:
        address, _, anchor = link.partition("#")
        if address.startswith("file:"):
            assert Path(url2pathname(urlsplit(address).path)).is_file(), link
            assert not anchor or unquote(anchor) in anchors.get(address, [unquote(anchor)]), link


@pytest.mark.parametrize(("wide", "high"), [(1280, 800), (390, 844)])
def test_the_first_screen_has_the_answer_its_figure_and_where_to_begin(visitor, wide, high):
    page = visitor.browser.new_page(viewport={"width": wide, "height": high})
    page.goto((visitor.html / "book" / "index.html").as_uri())
    answer = "article p:not(.networks)"
    for name in ("article h1", answer, "#prune-it svg", "#prune-it .said", "article .sd-btn"):
        for seen in page.locator(name).all()[: 1 if name == answer else None]:
            box = seen.bounding_box()
            assert box["y"] + box["height"] <= high, name
    page.close()


@pytest.mark.parametrize(
    ("query", "answers"),
    [("which metric should I use", ("which_metric",)), ("0.7", ("what_a_value_means",))],
)
def test_a_reader_who_searches_finds_the_page_that_answers(visitor, query, answers):
    page = visitor.browser.new_page()
    page.goto(f"{(visitor.html / 'search.html').as_uri()}?q={query.replace(' ', '+')}")
    found = page.locator("#search-results li a").first
    assert found.get_attribute("href").split("book/")[1].partition(".html")[0] in answers
    page.close()


def test_pages_of_an_earlier_book_are_gone(html):
    assert {page.stem for page in (html / "book").glob("*.html")} == {Path(p).stem for p in PAGES}


def test_there_was_something_to_see(visitor):
    """The tests above would pass on empty pages."""
    seen = [visitor.visit(name, "desk") for name in PAGES]
    assert sum(len(visit.links) for visit in seen) >= 1000
    assert sum(len(visit.formulas) for visit in seen) >= 10
    assert sum(len(visit.pictures) for visit in seen) >= 10
    assert sum(len(visit.figures) for visit in seen) >= 5


def test_a_tab_opens_by_keyboard_without_javascript_and_on_paper_all_are_open(visitor):
    page = visitor.browser.new_context(java_script_enabled=False).new_page()
    page.goto((visitor.html / "book" / "layers.html").as_uri())
    figures = page.locator(".sd-tab-content figure")
    assert [figure.is_visible() for figure in figures.all()] == [True, False, False]
    page.press(".sd-tab-set > input:checked", "ArrowRight")
    assert [figure.is_visible() for figure in figures.all()] == [False, True, False]
    page.emulate_media(media="print")
    assert [figure.is_visible() for figure in figures.all()] == [True, True, True]
    page.close()


SHOWN = ("svcca", "pwcca", "cka", "nbs")


def test_the_cloud_of_points_follows_its_sliders(visitor):
    page = visitor.browser.new_context(offline=True).new_page()
    page.goto((visitor.html / "book" / "similarity_metrics.html").as_uri())
    page.click("#cloud [name=reset]")
    shown = {name: f"#cloud [data-metric={name}]" for name in SHOWN}
    assert {page.text_content(cell) for cell in shown.values()} == {"1.000"}
    assert page.locator("#cloud svg circle").count() == 2 * 40
    page.fill("#cloud-turn", "90")
    assert {page.text_content(cell) for cell in shown.values()} == {"1.000"}
    page.fill("#cloud-stretch", "3")
    values = {name: float(page.text_content(cell)) for name, cell in shown.items()}
    assert values["svcca"] == 1 > values["nbs"] > values["cka"]


STUDIES = {
    "VGG_SVHN, paper's recipe": "by_recipe/vgg_svhn_recipe",
    "ResNet_fast, recipe, four steps": "by_recipe/resnet_fast_recipe",
    "VGG16_BN, 10,000 images": "converged/vgg16_bn_few_images",
    "VGG_SVHN, 10,000 images": "converged/vgg_svhn_few_images",
    "ResNet_fast, 10,000 images": "converged/resnet_fast_few_images",
}
"""What the first page's figure shows, beginning with the paper's own training and pruning."""


def table(study, name):
    return pd.read_parquet(ROOT / "results/chapters" / study / f"{name}.parquet")


def similarities(study, *layer):
    """Means over networks, by metric and iteration: to originals, to strangers, and relative."""
    rows = table(study, "descent").query("kind != 'out'")
    whose = (rows.other_seed == rows.train_seed).map({True: "raw", False: "strangers"})
    by = [rows.metric, rows.iteration, *(rows[name] for name in layer), rows.train_seed]
    means = rows.value.groupby([*by, whose.rename("whose")]).mean().unstack("whose")
    means = means.groupby(["metric", "iteration", *layer]).mean()
    return means.assign(relative=1 - (1 - means.raw) / (1 - means.strangers))


@pytest.fixture
def front(visitor):
    page = visitor.browser.new_context(offline=True, viewport=VIEWPORTS["desk"]).new_page()
    page.goto((visitor.html / "book" / "index.html").as_uri())
    yield page
    page.close()


def stop(page):
    return page.get_attribute("#prune-it input", "aria-valuetext")


def test_the_figure_shows_each_number_of_the_tables_rounded_once(front):
    names = front.locator("#prune-it option").all_text_contents()
    assert names == list(STUDIES)
    for name, study in STUDIES.items():
        front.select_option("#prune-it select", name)
        pruned, control = similarities(study), similarities(f"{study}_trained_as_long")
        performance = table(study, "performance").groupby("iteration")[["remaining", "accuracy"]]
        left, accuracy = 100 * performance.mean().remaining, 100 * performance.mean().accuracy
        trained = table(f"{study}_trained_as_long", "performance")
        trained = 100 * trained.groupby("iteration").accuracy.mean()
        iterations = pruned.loc["svcca"].index
        assert front.get_attribute("#prune-it input", "max") == str(len(iterations))
        for position, i in enumerate(iterations, start=1):
            front.fill("#prune-it input", str(position))
            assert stop(front) == f"{left[i]:.2g} % of the weights left"
            said = front.inner_text("#prune-it .said").replace("\u00a0", " ")
            assert (
                f"{accuracy[0]:.1f} % before pruning, {accuracy[i]:.1f} % now, {trained[i]:.1f} %"
            ) in said
            for metric in SHOWN:
                raw, strangers, relative = pruned.loc[(metric, i), ["raw", "strangers", "relative"]]
                for panel, numbers in {
                    "raw": (raw, strangers),
                    "relative": (relative, control.relative[metric, i]),
                }.items():
                    labels = front.locator(f"#prune-it .{panel} text.{metric}")
                    shown = [f"{number:.2f}" for number in numbers]
                    assert labels.all_text_contents() == [metric.upper(), *shown]
            ends = [
                f"{of.relative.xs(i, level='iteration')[list(SHOWN)].agg(end):.2f}"
                for of in (pruned, control)
                for end in ("min", "max")
            ]
            assert "{} to {} pruned, {} to {} control".format(*ends) in said


def test_the_figure_shows_the_layers_of_the_tables(front):
    courses = json.loads(front.get_attribute("#prune-it", "data-course"))
    for name, study in STUDIES.items():
        course = courses[name]
        pruned = similarities(study, "layer").join(
            similarities(f"{study}_trained_as_long", "layer").relative.rename("control")
        )
        for line in ("raw", "strangers", "relative", "control"):
            for metric in SHOWN:
                of_tables = pruned[line][metric].unstack("iteration")
                of_figure = pd.DataFrame(course[line][metric], course["layers"])[1:]
                assert len(of_figure) == len(of_tables)
                difference = of_figure[range(1, 1 + of_tables.shape[1])].to_numpy()
                difference = difference - of_tables.loc[of_figure.index].to_numpy()
                assert abs(difference).max() < 1e-6
    front.click("#prune-it button:text('Layers')")
    front.select_option("#prune-it select", name)
    for panel in ("raw", "relative"):
        assert front.locator(f"#prune-it .{panel} text.tick").all_text_contents() == list(
            of_figure.index
        )
        for metric in SHOWN:
            line = front.locator(f"#prune-it .{panel} polyline.{metric}:not(.ahead)").first
            assert len(line.get_attribute("points").split()) == len(of_figure)


def test_the_control_is_shown_until_its_button_hides_it(front):
    dashed = front.locator("#prune-it polyline.dashed:not(.ahead)")
    button = front.locator("#prune-it button").first
    assert button.get_attribute("aria-pressed") == "true"
    assert dashed.count() == len(SHOWN)
    assert "control" in front.inner_text("#prune-it .said")
    button.press("Space")
    assert button.get_attribute("aria-pressed") == "false"
    assert dashed.count() == 0
    button.press("Enter")
    assert dashed.count() == len(SHOWN)


def test_the_figure_moves_by_keyboard_and_by_dragging_in_the_chart(front):
    assert stop(front) == "1.2 % of the weights left"
    front.press("#prune-it input", "ArrowLeft")
    assert stop(front) == "3.5 % of the weights left"
    front.press("#prune-it input", "Home")
    assert stop(front) == "100 % of the weights left"
    assert "Nothing is pruned" in front.inner_text("#prune-it .said")
    for panel in ("raw", "relative"):
        ticks = front.locator(f"#prune-it .{panel} text.middle").all()
        first, last = (ticks[i].bounding_box() for i in (0, -1))
        chart = front.locator(f"#prune-it .{panel} svg").bounding_box()
        height = chart["y"] + chart["height"] / 2
        front.mouse.move(first["x"] + first["width"] / 2, height)
        front.mouse.down()
        front.mouse.move(last["x"] + last["width"] / 2, height, steps=5)
        front.mouse.up()
        assert stop(front) == "1.2 % of the weights left"
        front.mouse.move(first["x"], height)
        assert stop(front) == "1.2 % of the weights left"
        front.press("#prune-it input", "Home")


# What is between labels and lines of each panel, and between labels of different rows.
ROOM = """() => [...document.querySelectorAll("#prune-it svg")].map(svg => {
    const boxes = looks => [...svg.querySelectorAll(looks)].map(e => e.getBoundingClientRect());
    const lines = boxes("polyline, circle, .beyond"), names = boxes("text:not(.tick, .end)");
    const heights = names.map(box => box.top).sort((a, b) => a - b);
    return [
        Math.min(...names.map(box => box.left)) - Math.max(...lines.map(box => box.right)),
        Math.min(...heights.slice(1).map((top, i) => top - heights[i])),
        svg.getBoundingClientRect().bottom - Math.max(...names.map(box => box.bottom)),
    ];
})"""


def test_no_label_covers_a_line_or_another_label(front, width):
    front.set_viewport_size(VIEWPORTS[width])
    for name in STUDIES:
        front.select_option("#prune-it select", name)
        for position in range(1 + int(front.get_attribute("#prune-it input", "max"))):
            front.fill("#prune-it input", str(position))
            for beside, between, below in front.evaluate(ROOM):
                assert beside > 0
                assert between > 13.9
                assert below >= 0


def test_the_slider_stands_below_the_axis_that_it_moves_along(front, width):
    front.set_viewport_size(VIEWPORTS[width])
    ticks = front.locator("#prune-it .raw text.middle").all()
    first, last = (ticks[i].bounding_box() for i in (0, -1))
    slider = front.locator("#prune-it input").bounding_box()
    middle = [box["x"] + box["width"] / 2 for box in (first, last)]
    assert slider["x"] + 8 == pytest.approx(middle[0], abs=2)  # half of Chromium's thumb
    assert slider["x"] + slider["width"] - 8 == pytest.approx(middle[1], abs=2)


def test_there_is_one_figure_with_a_program_without_one_and_on_paper(visitor, front):
    address = (visitor.html / "book" / "index.html").as_uri()
    still = visitor.browser.new_context(java_script_enabled=False).new_page()
    still.goto(address)
    seen = "#prune-it", "#fig-answer"
    assert [front.locator(name).is_visible() for name in seen] == [True, False]
    assert [still.locator(name).is_visible() for name in seen] == [False, True]
    front.emulate_media(media="print")
    assert [front.locator(name).is_visible() for name in seen] == [False, True]
    assert front.locator("#prune-it [aria-live], #prune-it output").count() == 1
    still.close()
