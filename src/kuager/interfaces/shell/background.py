"""Starting work in the background from any audience, which does not know the audience that does it."""

from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks.base import Task


def start(work: str, *values: int | str | bool) -> None:
    """Let the worker do a kind of work named in ``settings.BACKGROUND``, with identifiers, never names."""
    task = import_string(settings.BACKGROUND[work])
    if not isinstance(task, Task):
        raise TypeError(f"settings.BACKGROUND[{work!r}] names no task")
    task.enqueue(*values)
