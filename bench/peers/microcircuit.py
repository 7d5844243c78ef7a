"""microcircuit.yaml in Brian2, which takes some 20 GB and minutes for a second."""
from brian2_microcircuit import build_at


def build():
    return build_at(1)
