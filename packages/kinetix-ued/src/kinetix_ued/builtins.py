"""What this package registers, through the same hooks as everybody else."""
