"""Random numbers that networks draw while they are built."""
import numpy


def generator():
    """As --seed of brian2_build.py says."""
    return numpy.random.default_rng(numpy.random.randint(1 << 31))


def normal(rng, mean, spread, count, least):
    """Normal numbers, drawn anew while below `least`."""
    values = rng.normal(mean, spread, count)
    while (low := values < least).any():
        values[low] = rng.normal(mean, spread, low.sum())
    return values
