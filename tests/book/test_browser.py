"""Every page of a built book in a real browser, at a desk and on a phone, with the network off.

Pages are opened as files, as readers of `make book` open them; the published book is built into a
temporary folder. The tests need playwright (the extra `browser`) and an installed Chromium. Without
them they are skipped, unless `REQUIRE_BROWSER` is set.
"""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import url2pathname

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from sphinx_external_toc.parsing import parse_toc_yaml

from lib.repository import ROOT

VIEWPORTS = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
PAGES = sorted(parse_toc_yaml(ROOT / "_toc.yml"))
LONGEST = {"book/claims": 6_000}
"""Pixels of a page at a desk, with its evidence folded; 10,000 of all others."""

GONE = "book/page_that_is_gone.html"

TYPESET = "async () => { await window.MathJax?.startup?.promise; }"
HEIGHT = "document.documentElement.scrollHeight"
UNFOLD = """for (const details of document.querySelectorAll("details")) details.open = true;"""

# Whether each formula of the page's source was typeset.
FORMULAS = """() => [...document.querySelectorAll("article .math")].map(formula =>
    formula.querySelector("mjx-container") && !formula.querySelector("mjx-merror, merror"))"""

# Pictures that a reader is meant to see: no formulas, and nothing that is marked as decoration. A
# picture that is made of several counts once.
PICTURES = """() => [...document.querySelectorAll(
        "article img, article svg, article canvas, article [role=img]")]
    .filter(element => !element.closest("mjx-container, [aria-hidden=true], button, a.headerlink"))
    .filter(element => !element.parentElement.closest("[role=img]"))
    .map(element => {
        const box = element.getBoundingClientRect();
        const named = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(id => id)
            .map(id => document.getElementById(id)?.textContent ?? "").join(" ");
        const alternative = ["alt", "aria-label"].map(key => element.getAttribute(key) ?? "");
        return {
            html: element.outerHTML.slice(0, 90),
            alternative: [...alternative, named].join(" ").trim(),
            size: Math.min(box.width, box.height),
            scale: element.matches(".cell_output img") ? box.width / element.naturalWidth : 1,
            visible: element.checkVisibility({opacityProperty: true, visibilityProperty: true}),
        };
    })"""

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

# The theme moves its side bars when the window becomes narrow.
AT_REST = "async () => { await Promise.allSettled(document.getAnimations().map(a => a.finished)); }"


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The folder of the built pages."""
    pages = tmp_path_factory.mktemp("published")
    for name in ("_config.yml", "_toc.yml", "book", "results"):
        (pages / name).symlink_to(ROOT / name)
    earlier = pages / "_build" / "html" / GONE
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    subprocess.run([sys.executable, "-m", "lib.book.build", pages], cwd=ROOT, check=True)
    return pages / "_build" / "html"


@pytest.fixture
def opened(chromium, html):
    """Opens a page of the book as a file, without a network."""
    contexts = []

    def opened(name, **options):
        contexts.append(chromium.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.errors, page.requests = [], []
        page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("requestfailed", lambda request: page.errors.append(f"{request.url} is missing"))
        page.goto((html / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_at_a_desk_and_on_a_phone(opened, html, name):
    page = opened(name, viewport=VIEWPORTS["desk"])
    page.evaluate(TYPESET)
    assert page.evaluate(HEIGHT) <= LONGEST.get(name, 10_000)
    page.evaluate(UNFOLD)
    for viewport in VIEWPORTS.values():
        page.set_viewport_size(viewport)
        page.evaluate(AT_REST)
        assert page.evaluate(BEYOND) == []
        assert page.evaluate(SMALL) == []
        pictures = page.evaluate(PICTURES)
        assert len(pictures) >= page.locator("article figure:visible").count()
        for picture in pictures:
            assert picture["visible"], picture
            assert picture["size"] >= 40, picture
            assert picture["scale"] > 7 / 9, picture  # letters are drawn with 9 points
            assert len(picture["alternative"].split()) >= 3, picture
    formulas = page.evaluate(FORMULAS)
    assert all(formulas)
    # formulas alone need MathJax, and icons no script
    assert any("mathjax" in url for url in page.requests) == bool(formulas)
    icons = page.evaluate(ICONS)
    assert len(icons) >= 3
    assert all(icon.startswith('"') and icon.strip('"') for icon in icons)
    assert page.errors == []
    # a blob is what the page itself has made, such as the program of a worker
    own = html.as_uri(), "data:", "blob:"
    assert [url for url in page.requests if not url.startswith(own)] == []


def test_a_book_keeps_no_page_that_is_gone(html):
    assert not (html / GONE).exists()


def test_every_link_into_the_book_arrives(html):
    pages = [html / f"{name}.html" for name in PAGES]
    texts = {page.as_uri(): BeautifulSoup(page.read_text(), "html.parser") for page in pages}
    anchors = {address: {e["id"] for e in text.select("[id]")} for address, text in texts.items()}
    links = [urljoin(at, a["href"]) for at, text in texts.items() for a in text.select("a[href]")]
    assert len(links) >= 1000
    missing = set()
    for link in links:
        address, _, anchor = link.partition("#")
        if address.startswith("file:"):
            there = Path(url2pathname(urlsplit(address).path)).is_file()
            if not there or (
                anchor and unquote(anchor) not in anchors.get(address, [unquote(anchor)])
            ):
                missing.add(link)
    assert missing == set()


@pytest.mark.parametrize("width", VIEWPORTS)
def test_the_first_screen_has_the_answer_its_figure_and_where_to_begin(opened, width):
    page = opened("book/index", viewport=VIEWPORTS[width])
    answer = "article p:not(.networks)"
    begin = ["article p:has(> a[href='run_it.html'])"] if width == "desk" else []
    for name in ("article h1", answer, "#fig-answer img", *begin):
        for seen in page.locator(name).all()[: 1 if name == answer else None]:
            box = seen.bounding_box()
            assert box["y"] + box["height"] <= VIEWPORTS[width]["height"], name


@pytest.mark.parametrize(
    ("query", "answer"),
    [("which metric should I use", "which_metric"), ("0.7", "what_a_value_means")],
)
def test_a_reader_who_searches_finds_the_page_that_answers(opened, html, query, answer):
    page = opened("search")
    page.goto(f"{(html / 'search.html').as_uri()}?q={query.replace(' ', '+')}")
    found = page.locator("#search-results li a").first
    assert found.get_attribute("href").split("book/")[1].partition(".html")[0] == answer


def test_a_link_to_a_word_or_a_function_opens_its_fold(opened, html):
    page = opened("book/look_up")
    assert page.locator("article details[open]").count() == 0
    for anchor in ("term-stranger", "lib.metrics.cka"):
        named = page.locator(f"[id='{anchor}']")
        assert not named.is_visible()
        page.goto(f"{(html / 'book' / 'look_up.html').as_uri()}#{anchor}")
        named.wait_for(state="visible")
    page = opened("book/is_it_pruning")
    page.locator("a.term").first.click()
    page.locator("dt:target").wait_for(state="visible")


SHOWN = ("svcca", "pwcca", "cka", "nbs")


def test_the_cloud_of_points_follows_its_sliders(opened):
    page = opened("book/similarity_metrics")
    page.click("#cloud [name=reset]")
    shown = {name: f"#cloud [data-metric={name}]" for name in SHOWN}
    assert {page.text_content(cell) for cell in shown.values()} == {"1.000"}
    assert page.locator("#cloud svg circle").count() == 2 * 40
    page.fill("#cloud-turn", "90")
    assert {page.text_content(cell) for cell in shown.values()} == {"1.000"}
    page.fill("#cloud-stretch", "3")
    values = {name: float(page.text_content(cell)) for name, cell in shown.items()}
    assert values["svcca"] == 1 > values["nbs"] > values["cka"]


def test_your_value_is_relative_and_says_what_follows_and_when_to_doubt(opened):
    page = opened("book/zeros")

    def said(**values):
        for name, value in values.items():
            page.fill(f"#your-value [name={name}]", value)
        return page.text_content("#your-value [name=sentence]")

    assert "relative similarity 0.50." in said(own="0.95", strangers="0.90")
    assert page.text_content("#your-value [name=relative]") == "0.50"
    control = {"control_own": "0.94", "control_strangers": "0.90"}
    assert said(**control).endswith(
        "has 0.40. Training alone takes a network about as far from its original, to within 0.1."
    )
    assert "Pruning takes the network further" in said(control_own="0.97")
    assert "Training alone takes a network further" in said(control_own="0.91")
    assert said(strangers="0.98").endswith(
        "strangers are above 0.95, so an error of 0.01 in a similarity becomes one of 0.50."
    )
    assert "no closer to its original than to strangers" in page.text_content("#your-value")
    assert said(strangers="1").startswith("Needs the pruned network's similarity")


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
def front(opened):
    return opened("book/index", viewport=VIEWPORTS["desk"])


def stop(page):
    return page.get_attribute("#prune-it input", "aria-valuetext")


def test_the_figure_offers_the_studies(front):
    assert front.locator("#prune-it option").all_text_contents() == list(STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_the_figure_shows_each_number_of_the_tables_rounded_once(front, name):
    study, longer = STUDIES[name], f"{STUDIES[name]}_trained_as_long"
    numbers = similarities(study).join(similarities(longer).relative.rename("control"))
    performance = table(study, "performance").groupby("iteration")[["remaining", "accuracy"]]
    left, accuracy = 100 * performance.mean().remaining, 100 * performance.mean().accuracy
    trained = 100 * table(longer, "performance").groupby("iteration").accuracy.mean()
    front.select_option("#prune-it select", name)
    iterations = numbers.loc["svcca"].index
    assert front.get_attribute("#prune-it input", "max") == str(len(iterations))
    for position, i in enumerate(iterations, start=1):
        front.fill("#prune-it input", str(position))
        assert stop(front) == f"{left[i]:.2g} % of the weights left"
        now = numbers.xs(i, level="iteration").loc[[*SHOWN]]
        labels = front.locator(", ".join(f"#prune-it text.{metric}" for metric in SHOWN))
        assert labels.all_text_contents() == [
            words
            for panel in (["raw", "strangers"], ["relative", "control"])
            for metric, row in now[panel].iterrows()
            for words in (metric.upper(), *(f"{number:.2f}" for number in row))
        ]
        said = front.inner_text("#prune-it .said").replace("\u00a0", " ")
        ends = [now[line].agg(end) for line in ("relative", "control") for end in ("min", "max")]
        assert (
            "{:.2f} to {:.2f} pruned, {:.2f} to {:.2f} training-only control".format(*ends) in said
        )
        shown = accuracy[0], accuracy[i], trained[i]
        assert "{:.1f} % before pruning, {:.1f} % now, {:.1f} %".format(*shown) in said


@pytest.mark.parametrize("name", STUDIES)
def test_the_figure_shows_the_layers_of_the_tables(front, name):
    course = json.loads(front.get_attribute("#prune-it", "data-course"))[name]
    layers = course["layers"][1:]  # the first one is their mean
    longer = similarities(f"{STUDIES[name]}_trained_as_long", "layer")
    numbers = similarities(STUDIES[name], "layer").join(longer.relative.rename("control"))
    for line in ("raw", "strangers", "relative", "control"):
        for metric in SHOWN:
            of_tables = numbers[line][metric].unstack("iteration")
            assert sorted(layers) == sorted(of_tables.index)
            of_figure = [stops[1 : 1 + of_tables.shape[1]] for stops in course[line][metric][1:]]
            assert of_figure == pytest.approx(of_tables.loc[layers].to_numpy(), abs=1e-6)
    front.select_option("#prune-it select", name)
    front.click("#prune-it button:text('Layers')")
    for panel in ("raw", "relative"):
        assert front.locator(f"#prune-it .{panel} text.tick").all_text_contents() == layers
        for metric in SHOWN:
            line = front.locator(f"#prune-it .{panel} polyline.{metric}:not(.ahead)").first
            assert len(line.get_attribute("points").split()) == len(layers)


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


@pytest.mark.parametrize("width", VIEWPORTS)
def test_labels_cover_nothing_and_the_slider_moves_along_the_axis(front, width):
    front.set_viewport_size(VIEWPORTS[width])
    for name in STUDIES:
        front.select_option("#prune-it select", name)
        for position in range(1 + int(front.get_attribute("#prune-it input", "max"))):
            front.fill("#prune-it input", str(position))
            for beside, between, below in front.evaluate(ROOM):
                assert beside > 0
                assert between > 13.9
                assert below >= 0
    ticks = front.locator("#prune-it .raw text.middle").all()
    first, last = (ticks[i].bounding_box() for i in (0, -1))
    slider = front.locator("#prune-it input").bounding_box()
    middle = [box["x"] + box["width"] / 2 for box in (first, last)]
    assert slider["x"] + 8 == pytest.approx(middle[0], abs=2)  # half of Chromium's thumb
    assert slider["x"] + slider["width"] - 8 == pytest.approx(middle[1], abs=2)


def test_what_moves_is_shown_neither_without_a_program_nor_on_paper(opened, front):
    still = opened("book/index", java_script_enabled=False)
    seen = "#prune-it", "#fig-answer"
    assert [front.locator(name).is_visible() for name in seen] == [True, True]
    assert [still.locator(name).is_visible() for name in seen] == [False, True]
    front.emulate_media(media="print")
    assert [front.locator(name).is_visible() for name in seen] == [False, True]
    assert front.locator("#prune-it [aria-live], #prune-it output").count() == 1
