"""The command `kinetix`. Each subcommand is a registered class: its fields are the flags, its docstring the help."""
