"""Success rates as HTML: one table per set of levels, with a picture of each level."""

from collections.abc import Mapping, Sequence

from kinetix_env.errors import KinetixError
from kinetix_env.levels import NamedLevel
from kinetix_env.picture import svg

from ..evaluation import LevelSet, find_sets
from ..evaluation.words import count_of
from .page import Html, folded, heading, join, note, table
from .scores import Score, set_rates

__all__ = ["find_levels_of", "set_tables"]

MANY = 24  # number of levels above which their table is collapsed
PICTURE = 96  # px, side of a level's picture


def find_levels_of(scores: Sequence[Score]) -> dict[str, LevelSet]:
    """Return the sets, by name, that can still be found and contain the levels of the scores."""
    found = {}
    for name in dict.fromkeys(score.set for score in scores):
        try:
            (levels,) = find_sets((name,))
        except (KinetixError, OSError):
            continue
        if {score.level for score in scores if score.set == name} <= {named.name for named in levels.levels}:
            found[name] = levels
    return found


def set_tables(scores: Sequence[Score], sets: Mapping[str, LevelSet]) -> Html:
    """Return, for each set, a table of the agents' mean success rates and one of the levels, with pictures if known."""
    names = dict.fromkeys(score.set for score in scores)
    return join(
        *(_of_set(name, [score for score in scores if score.set == name], sets.get(name)) for name in names),
        note("Fractions of attempts that solve a level; standard errors are over levels."),
    )


def _of_set(name: str, scores: Sequence[Score], levels: LevelSet | None) -> Html:
    agents = list(dict.fromkeys(score.agent for score in scores))
    named = {} if levels is None else {one.name: one for one in levels.levels}
    rows: dict[str, dict[str, Score]] = {}
    for score in scores:
        rows.setdefault(score.level, {})[score.agent] = score
    each = table(
        ["", "level", *agents],
        [
            [_picture(named.get(level)), level, *(_rate(of.get(agent)) for agent in agents)]
            for level, of in rows.items()
        ],
    )
    means = [[agent, str(rate)] for (_, agent), rate in set_rates(scores).items()]
    return join(
        heading(name),
        table(["agent", f"mean of {count_of(len(rows), 'level')}"], means),
        folded(f"All {count_of(len(rows), 'level')}", each) if len(rows) > MANY else each,
    )


def _picture(named: NamedLevel | None) -> Html:
    return Html("") if named is None else Html(svg(named.level, size=PICTURE, title=named.name))


def _rate(score: Score | None) -> str:
    return "" if score is None else f"{score.solve_rate:.3f} ({score.solved} of {score.attempts})"
