"""The step itself, in the layout that makes it fast: batch last.

Every array here is `[row, lane]`: rows are bodies, joints, contacts or coordinates, lanes are scenes. All
arithmetic is elementwise over lanes, so it vectorises; there is no gather or scatter with batched
indices. `jax2d.engine` packs one or many scenes into this layout and back."""
