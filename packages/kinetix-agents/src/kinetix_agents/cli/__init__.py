"""The subcommands of `kinetix` that this package adds."""
