"""Reports on runs as self-contained HTML files: no network, no other files.

`write_report` describes one run: settings, learning curves, success rates, clips before and after training.
`write_comparison` compares several; runs that differ only in the seed form one group, with intervals over seeds."""

from .comparison import write_comparison as write_comparison
from .single import write_report as write_report

__all__ = ["write_comparison", "write_report"]
