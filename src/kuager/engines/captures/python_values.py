"""Python values written into cells (``csv_db`` of auto-archiver does that), read without running anything."""

import ast
import warnings

from kuager.core.errors import BadInputError

_LONGEST = 1 << 18
_TIME = {"datetime.datetime", "datetime"}
_UTC = {"datetime.timezone.utc", "timezone.utc", "datetime.UTC", "tzutc()"}


def read_value(text: str) -> object:
    """Return the value that a cell shows: texts, numbers, lists, mappings, and moments as ISO 8601.

    Anything else that Python could write there becomes the text as it stands.

    Raises
    ------
    BadInputError
        When the cell is too long or shows no value.

    Examples
    --------
    >>> read_value("{'a': [1, None], 'b': datetime.datetime(2022, 1, 6, 4, 5, tzinfo=datetime.timezone.utc)}")
    {'a': [1, None], 'b': '2022-01-06T04:05:00+00:00'}
    >>> read_value("[__import__('os').getcwd()]")
    ["__import__('os').getcwd()"]
    """
    if len(text) > _LONGEST:
        raise BadInputError("a cell is longer than any that the tool writes")
    try:
        with warnings.catch_warnings():
            # Doubtful escapes in a cell are not our program's.
            warnings.simplefilter("ignore")
            return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInputError("a cell does not show a Python value") from error


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str | int | float | bool | None) else ast.unparse(node)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_value(one) for one in node.elts]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {str(_value(key)): _value(value) for key, value in pairs if key is not None}
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _TIME:
        return _moment(node)
    return ast.unparse(node)


def _moment(node: ast.Call) -> str:
    """Return a moment written as a call, in ISO 8601; without a zone where none is told as UTC."""
    parts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, int)]
    if len(parts) != len(node.args) or not 3 <= len(parts) <= 7:
        return ast.unparse(node)
    year, month, day, hour, minute, second, micro = [*parts, 0, 0, 0, 0][:7]
    zones = [ast.unparse(one.value) for one in node.keywords if one.arg == "tzinfo"]
    fraction = f".{micro:06}" if micro else ""
    zone = "+00:00" if zones and zones[0] in _UTC else ""
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"
