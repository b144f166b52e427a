"""Which tables a log-linear method can take at all."""

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories


def check_lists(histories: CaptureHistories, *, what: str, least: int, most: int) -> None:
    """Refuse tables that no model of the method can answer.

    Parameters
    ----------
    what : str
        The method, as the subject of a sentence in the plural.
    least, most : int
        Lists that it takes.

    Raises
    ------
    BadInputError
        Too few or too many lists, or a list that names nobody.
    RefusedError
        A list that names everybody: nothing shows how many it misses.

    """
    n_lists = len(histories.lists)
    if not least <= n_lists <= most:
        raise BadInputError(f"{what} take {least} to {most} lists, got {n_lists}; choose some of them")
    for name, size in zip(histories.lists, histories.list_totals, strict=True):
        if size == 0:
            raise BadInputError(f"list {name!r} names nobody; leave it out")
        if size == histories.observed:
            raise RefusedError(
                f"list {name!r} names everybody who is on any list, so nothing shows whom it misses; "
                "leave it out or find another list"
            )
