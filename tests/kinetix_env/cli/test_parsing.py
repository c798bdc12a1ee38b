"""Conversion of tyro's error pages to one line."""

from kinetix_env.cli.parsing import _sentence

FRAMED = """\
╭─ Unrecognized options ───╮
│ Unrecognized: --sed      │
│ ──────────────────────── │
│ For help, run x --help   │
╰──────────────────────────╯
"""
PLAIN = """\
 Unrecognized options
 ------------------------
  Unrecognized: --sed
 ------------------------
  For help, run x --help
"""


def test_frames_titles_and_pointers_to_the_help_are_left_out() -> None:
    assert _sentence(FRAMED) == _sentence(PLAIN) == "Unrecognized: --sed."


def test_unrecognised_parser_messages_are_passed_on() -> None:
    assert _sentence("error: there is no\n  option --sed\n") == "error: there is no option --sed."
