"""The reconciliation of lists of the register, with what stands around it."""

from kuager import __version__
from kuager.domain.lists.queries import RegisterReconciliation
from kuager.domain.lists.queries.reconciling import SEED
from kuager.interfaces.shell.reconciliation.facts import Facts, Method, Side


def facts_of(found: RegisterReconciliation, *, with_names: bool, is_narrow: bool = True) -> Facts:
    """Say of lists of the register whose they are, of which day, and how they were reconciled."""
    return Facts(
        account=found.account,
        sides=tuple(
            Side(
                name=name,
                source=edition.source.publisher.name,
                as_of=edition.as_of,
                fingerprint=edition.file_digest,
            )
            for name, edition in zip(found.names, found.editions, strict=True)
        ),
        method=Method(version=__version__, run=found.run.pk if found.run else None, seed=SEED),
        as_of=found.as_of,
        known_at=found.known_at,
        codes={key: link.code for key, link in found.rows.items() if link.code},
        with_names=with_names,
        is_narrow=is_narrow,
    )
