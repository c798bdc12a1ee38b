"""`kinetix completion`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import tyro

__all__ = ["Completion"]


@dataclass(frozen=True, kw_only=True)
class Completion:
    """Print a script that completes commands, flags, parts and names of levels in a shell.

    bash: kinetix completion bash > ~/.local/share/bash-completion/completions/kinetix; zsh: into a file _kinetix in a
    folder of $fpath; fish: kinetix completion fish > ~/.config/fish/completions/kinetix.fish. The script holds what is
    registered now: make it again after installing a plugin.
    """

    name: ClassVar[str] = "completion"
    shell: Annotated[Literal["bash", "zsh", "fish"], tyro.conf.Positional]  # whose script

    def run(self) -> None:
        """Print the script."""
        from ..plugins import registry
        from .completion_scripts import SCRIPTS
        from .completion_words import words_of_commands

        print(SCRIPTS[self.shell](words_of_commands(registry().commands)), end="")
