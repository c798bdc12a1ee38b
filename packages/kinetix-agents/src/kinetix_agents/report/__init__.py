"""What a run, or several, came to, as one HTML file that needs nothing else: no network, no other files.

`write_report` tells about one run: settings, curves, levels, clips of the agent before and after. `write_comparison`
puts runs side by side, those that differ in the seed alone as one, with intervals over seeds."""

from .comparison import write_comparison as write_comparison
from .single import write_report as write_report

__all__ = ["write_comparison", "write_report"]
