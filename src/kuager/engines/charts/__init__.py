"""Pictures of numbers: tables in, self-contained SVG with a text alternative out.

Invariants: the same input gives the same bytes; a drawing holds no script, no style sheet and no reference
to anything outside it; no meaning by colour alone; every word of a reader's language comes from the caller.
"""

from kuager.engines.charts.bars import bar_chart
from kuager.engines.charts.densities import density_chart
from kuager.engines.charts.intervals import IntervalRow, IntervalWords, interval_chart
from kuager.engines.charts.lines import line_chart
from kuager.engines.charts.maps import region_map
from kuager.engines.charts.picture import Picture
from kuager.engines.charts.steps import step_chart
from kuager.engines.charts.traces import trace_chart
from kuager.engines.charts.upset import upset_chart

__all__ = [
    "IntervalRow",
    "IntervalWords",
    "Picture",
    "bar_chart",
    "density_chart",
    "interval_chart",
    "line_chart",
    "region_map",
    "step_chart",
    "trace_chart",
    "upset_chart",
]
