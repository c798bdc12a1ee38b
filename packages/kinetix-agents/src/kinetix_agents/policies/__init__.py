"""Policies: networks that act. Each is a config with `build(observation, action_space)`, found by its name."""
