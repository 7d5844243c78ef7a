"""microcircuit-scaled.yaml in Brian2."""
from brian2_microcircuit import build_at


def build():
    return build_at(0.1)
