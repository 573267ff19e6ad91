"""A simulated community with known truth, behind stateful doubles of the platforms."""
