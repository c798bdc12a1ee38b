"""A demonstration: a batch of varied scenes, simulated as fast as the machine allows, and a GIF of the first few.

Run it with `python -m jax2d.demo`; `--help` lists the options. The scenes are ordinary uses of `SceneBuilder` and may
serve as examples. The GIF needs the extra "picture"; all else works without it."""
