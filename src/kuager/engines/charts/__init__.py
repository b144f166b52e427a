"""Pictures of numbers: tables in, self-contained SVG with a text alternative out.

Invariants: the same input gives the same bytes; a drawing holds no script, no style sheet and no reference
to anything outside it; no meaning by colour alone; every word of a reader's language comes from the caller.
"""

from kuager.engines.charts.bars import bar_chart
from kuager.engines.charts.maps import region_map
from kuager.engines.charts.picture import Picture
from kuager.engines.charts.steps import step_chart
from kuager.engines.charts.upset import upset_chart

__all__ = ["Picture", "bar_chart", "region_map", "step_chart", "upset_chart"]
