"""The hooks of the documentation: formulas without scripts, and nothing from other hosts."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.site.formulas import with_mathml
from scripts.site.own_files import foreign


def test_formulas_become_mathml() -> None:
    page = r'<span class="arithmatex">\(x_0 &lt; \texttt{max\_speed}\)</span> and <div class="arithmatex">\[a\]</div>'
    made = with_mathml(page)
    assert made.count("<math") == 2 and 'display="block"' in made and "max_speed" in made
    assert "arithmatex" not in made and "\\" not in made


def test_names_and_operators_in_formulas_are_what_readers_see() -> None:
    made = with_mathml(r'<span class="arithmatex">\(v \mathrel{+}= \max(\texttt{max\_speed})\)</span>')
    parts = [part.text for part in ElementTree.fromstring(made).iter() if part.text]
    assert parts == ["v", "+=", "max", "\u2061", "(", "max_speed", ")"]


def test_a_command_that_the_converter_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="nosuchcommand"):
        with_mathml(r'<span class="arithmatex">\(\nosuchcommand\)</span>')


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://other.host/a.js"></script>',
        "<script async src=//other.host/a.js></script>",
        '<link href="https://other.host/a.css" rel="stylesheet">',
        '<img alt="x" src="http://other.host/a.png">',
        "<style>body { background: url(https://other.host/a.png) }</style>",
    ],
)
def test_what_a_browser_would_fetch_from_another_host_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.html").write_text(text)
    assert len(list(foreign(tmp_path))) == 1


def test_links_and_files_of_the_site_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@import 'b.css'; p { background: url(c.png) }")
    (tmp_path / "page.html").write_text(
        '<a href="https://arxiv.org">paper</a><img src="a.gif"><link rel="canonical" href="https://x.org/">'
        '<script src="../a.js"></script>'
    )
    assert not list(foreign(tmp_path))
