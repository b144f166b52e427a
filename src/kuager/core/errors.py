"""Every error Kuager raises on purpose. Names end in ``Error``; callers catch by class, never by text.

Exit codes of the command line, one per class of error: 0 done, 1 our fault, 2 usage, 3 bad input,
4 refused (rights, consent, publication guard), 5 verification failed.
"""


class KuagerError(Exception):
    """Base of all deliberate errors. ``exit_code`` is what the command line returns."""

    exit_code = 1
    http_status = 500


class BadInputError(KuagerError):
    """What came in cannot be used; the message says what was expected, where, and what to do."""

    exit_code = 3
    http_status = 422


class NotFoundError(BadInputError):
    """Nothing of that name is stored."""

    http_status = 404


class RefusedError(KuagerError):
    """The act is understood, but rights, consent or a guard forbid it; the message says which."""

    exit_code = 4
    http_status = 409


class PermissionDeniedError(RefusedError):
    """The acting user may not do this."""

    http_status = 403


class InvalidTransitionError(RefusedError):
    """The thing cannot move from its present state to the one asked for."""


class IntegrityError(KuagerError):
    """Stored bytes do not match their recorded digest."""

    exit_code = 5
