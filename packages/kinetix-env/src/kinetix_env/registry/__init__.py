"""How plugins are found, asked and kept apart. The public names are in `kinetix_env.plugins`."""
