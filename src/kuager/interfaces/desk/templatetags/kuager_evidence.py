"""What templates about evidence share: how the vault stands, and sizes in words."""

from django import template
from django.template.defaultfilters import filesizeformat

from kuager.interfaces.shell.vaults import vault_state

register = template.Library()


@register.inclusion_tag("desk/evidence/vault_bar.html", takes_context=True)
def vault_bar(context: template.Context) -> dict[str, object]:
    """Say whether the vault is open, with the button that locks it or the way to unlock it."""
    request = context["request"]
    return {"vault": vault_state(request), "request": request}


@register.filter
def size_words(size: int) -> str:
    """Put a number of bytes in words: ``5,2 MB``."""
    return str(filesizeformat(size))
