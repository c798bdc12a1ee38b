"""The gallery page, read by an HTML parser: groups, cards, filters, and no external resources."""

import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from kinetix_env import ConfigError, empty_level
from kinetix_env.cli.main import main
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel, save
from kinetix_env.picture import gallery, legend
from kinetix_env.picture.gallery import SIZE
from kinetix_env.picture.style import MOTORS, ROLES, THRUSTERS
from kinetix_env.sources import suite
from tests.kinetix_env.picture.scenes import SMALL, hinge, recorded, rocket

EMPTY = {"meta", "input", "img", "rect", "circle", "polygon", "polyline"}  # elements without an end


class Page(HTMLParser):
    """The headings, the cards below each, and all attributes; refuses elements that are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.attributes, self.words = [], [], [], {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag == "article":
            self.found.append(dict(attrs))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h2", "h3", "h4"):
            self.found.append((self.open[-1], data.strip()))


def named(name, level=None, **settings):
    return NamedLevel(**{"name": name, "level": rocket() if level is None else level, **settings})


@pytest.fixture(scope="module")
def page():
    """Five levels of two sizes and three families, two of them with an episode."""
    custom = replace(SMALL, circles=3)
    large = NamedLevel(name="large", level=empty_level(SIZES["m"]), family="aim")
    odd = NamedLevel(name="odd", level=empty_level(custom))
    levels = [
        named("plain"),
        odd,
        large,
        named("met", family="fly", tags=("quick", "<b>")),
        named('<script>alert("&")</script>', hinge(), family="aim & turn", description="Turn <i>it</i>."),
    ]
    seen = []
    met, lost, _ = recorded()
    text = gallery(levels, [None, None, None, met, lost], title="All & sundry", progress=lambda *now: seen.append(now))
    assert seen == [(done, 5) for done in range(1, 6)]
    return text


def test_levels_are_grouped_by_size_and_family(page):
    found = [item for item in Page(page).found if isinstance(item, tuple) and item[1]]
    assert found == [
        ("h2", "Size S"),
        ("h3", "aim & turn"),
        ("h4", '<script>alert("&")</script>'),
        ("h3", "fly"),
        ("h4", "met"),
        ("h3", "no family"),
        ("h4", "plain"),
        ("h2", "Size M"),
        ("h3", "aim"),
        ("h4", "large"),
        ("h2", "Other sizes"),
        ("h3", "no family"),
        ("h4", "odd"),
    ]


def test_texts_of_levels_are_escaped(page):
    assert page.count("<script>") == 1 and "alert(" in page and "<b>" not in page and "<i>" not in page
    assert "<title>All &amp; sundry</title>" in page and "Turn &lt;i&gt;it&lt;/i&gt;." in page


def test_the_page_is_self_contained(page):
    for tag, name, value in Page(page).attributes:
        assert name not in ("src", "srcset", "action") and tag not in ("link", "iframe", "base")
        assert name != "href" or value.startswith("#")
        assert "http" not in (value or "") or (name, value) == ("xmlns", "http://www.w3.org/2000/svg")
    outside = page.replace("http://www.w3.org/2000/svg", "")
    assert "//" not in re.sub(r'data-clip="[^"]*"|^ *// .*$', "", outside, flags=re.MULTILINE)


def test_every_heading_has_a_count_that_the_filter_can_change(page):
    """The counts are of all levels, of the sizes S, M and others, and of the families of each."""
    counts = [int(value) for _, name, value in Page(page).attributes if name == "data-count"]
    assert counts == [5, 3, 1, 1, 1, 1, 1, 1, 1]
    assert page.count("Nothing found.") == 1 and '<p class="nothing" role="status" hidden>' in page


def test_tags_are_buttons_that_name_the_tags_of_the_levels():
    levels = [named("a", tags=("quick", "<b>")), named("b", tags=("quick",)), named("c")]
    tags = [(tag, value) for tag, name, value in Page(gallery(levels)).attributes if name == "data-tag"]
    assert [value for tag, value in tags if tag == "button"] == ["quick", "<b>"]
    assert [value for tag, value in tags if tag == "li"] == ["quick", "<b>", "quick"]
    assert 'class="filter"' not in gallery([named("c")])


def test_the_jump_list_leads_to_each_size_and_family(page):
    read = Page(page).attributes
    targets = [value for _, name, value in read if name == "id"]
    jumps = [value for _, name, value in read if name == "href"]
    assert jumps == [f"#{target}" for target in targets] and len(set(targets)) == len(targets) == 8
    assert all(re.fullmatch("[a-z0-9-]+", target) for target in targets)
    assert "<nav" not in gallery([named("alone")])


def test_a_legend_shows_all_colours_of_roles_motors_and_thrusters(page):
    words = legend()
    assert words in page
    for colour in (*ROLES, *MOTORS, *THRUSTERS):
        assert f'fill="#{bytes(colour).hex()}"' in words
    Page(words)  # its elements are closed in order


def test_each_level_has_a_picture_and_a_clip_of_its_episode(page):
    assert page.count("<article") == page.count('<svg xmlns="http://www.w3.org/2000/svg"') == 5
    clips = [value for _, name, value in Page(page).attributes if name == "data-clip"]
    assert len(clips) == 2
    for clip in clips:
        with Image.open(BytesIO(b64decode(clip, validate=True))) as film:
            assert (film.format, film.size) == ("GIF", (SIZE, SIZE)) and film.n_frames > 3
    assert "solved after 0.3 s" in page and "failed after 0.3 s" in page


def test_a_page_without_episodes_does_not_mention_clips():
    text = gallery([named("plain")])
    assert (
        "data-clip" not in text and "clip on or" not in text and "clip on or" in gallery([named("a")], recorded()[:1])
    )


def test_wrong_levels_are_refused():
    with pytest.raises(ConfigError, match="at least one level, got none"):
        gallery([])
    with pytest.raises(ConfigError, match="must be one for each of 1 levels, got 2"):
        gallery([named("a")], recorded()[:2])


def test_the_command_writes_a_page_of_several_references(tmp_path, capsys):
    out = tmp_path / "page.html"
    bell = next(one for one in suite("s") if one.name == "bell")
    save(tmp_path / "bare.json", replace(bell, name="bare", solution=None))
    args = ["levels", "gallery", "suite:s/bell", "suite:s/rocket-hop", str(tmp_path / "bare.json"), "--out", str(out)]
    assert main([*args, "--title", "Three"]) == 0
    said = capsys.readouterr()
    text = out.read_text()
    assert said.out == f"Wrote {out}: 3 levels, 2 clips ({len(text) / 1e6:.1f} MB).\n" and said.err == ""
    assert text.count("data-clip") == 2 and text.count(">solved after ") == 2
    assert [item for item in Page(text).found if item == ("h2", "Size S")] and "<title>Three</title>" in text
    assert main([*args, "--no-clips"]) == 0
    assert ": 3 levels, 0 clips (" in capsys.readouterr().out and "data-clip" not in out.read_text()


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ([], "Name the levels to show."),
        (["suite:s", "--out", "x.htm"], "--out must be a file whose name ends in .html, got 'x.htm'."),
        (["suite:s", "--out", "no/x.html"], "--out: the folder 'no' does not exist."),
        (["suite:s", "random:xl"], "No size called 'xl'. Did you mean 'l'?"),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_code_2(args, expected, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = [] if "--out" in args else ["--out", "x.html"]
    assert main(["levels", "gallery", *args, *out]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"kinetix: error: {expected}") and said.err.count("\n") == 1 and said.out == ""
    assert list(tmp_path.iterdir()) == []
