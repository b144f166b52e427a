"""``kuager evidence``: the evidence of the organisation's vault. Commands are loaded when they are called."""

from importlib import import_module

import click

from kuager.interfaces.cli.setup import start_django

_COMMANDS: dict[str, tuple[str, str]] = {
    "work": ("kuager.interfaces.cli.evidence_work:work", "Read what waits, where the server cannot."),
    "check": ("kuager.interfaces.cli.evidence_work:check", "Read every kept byte again."),
    "grant": ("kuager.interfaces.cli.evidence_work:grant", "Let somebody see a restricted item."),
    "import": ("kuager.interfaces.cli.evidence_captures:import_captures", "Keep what other tools hand us."),
    "wacz": ("kuager.interfaces.cli.evidence_wacz:write_archive", "Give items out as a web archive (WACZ)."),
}


class _LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.command("evidence", cls=_LazyGroup)
def group() -> None:
    """Keep evidence in the organisation's vault and its tables, and give it out."""
    start_django()
