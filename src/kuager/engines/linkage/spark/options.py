"""Where Spark shall work, and with how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_HERE = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkOptions:
    """Where Spark shall work, and with how much.

    Attributes
    ----------
    master
        ``local[*]`` for all cores of this machine, ``local[2]`` for two, or the address of a cluster, such as
        ``spark://host:7077`` or ``yarn``.
    memory
        Memory of the driver and of each executor, as Spark writes it: ``2g``, ``900m``.
    folder
        A folder for tables on their way, which every machine of the cluster sees under this path; None for a
        temporary folder, which is right for this machine alone. What is put there is removed at the end.
    settings
        Further settings of Spark by name; they win over all others.
    """

    master: str = "local[*]"
    memory: str = "2g"
    folder: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """Whether this machine does the work."""
        return self.master.startswith(_HERE)
