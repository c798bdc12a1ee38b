"""Policies: networks that act. Each is a registered config with `build(observation, action_space)`."""
