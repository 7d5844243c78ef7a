"""The cortical microcircuit in Brian2, at some scale: all its synapses in one object, with a weight
and a delay each, listed by source."""
import math
import pathlib

import numpy
import yaml
from brian2 import Hz, NeuronGroup, PoissonInput, Synapses, mV, ms, pA

from brian2_draw import generator, normal

FOLDER = pathlib.Path(__file__).resolve().parent.parent
EXTERNAL = dict(L23E=1600, L23I=1500, L4E=2100, L4I=1900, L5E=2000, L5I=1900, L6E=2900, L6I=2100)
LOST = dict(L23E=42.47, L23I=164.34, L4E=165.22, L4I=168.17, L5E=183.42, L5I=221.83, L6E=64.13,
            L6I=224.80)  # pA, times 1 - sqrt(scale)

EQUATIONS = """
dv/dt = (-65*mV - v) / (10*ms) + (syn + constant) / (250*pF) : volt (unless refractory)
dsyn/dt = -syn / (0.5*ms) : amp
constant : amp
"""


def edges(rng, projections, first, sizes, weight):
    """Source, target, weight in pA and delay in ms of every synapse. Places and weights are kept in
    four bytes each: the full circuit just fits into 24 GB."""
    parts = []
    for name, projection in projections.items():
        source, target = name.split("->")
        pairs = sizes[source] * sizes[target]
        count = round(math.log1p(-projection["connect"]["p"]) / math.log1p(-1 / pairs))
        mean = weight * (-4 if source.endswith("I") else 2 if name == "L4E->L23E" else 1)
        delay = 0.75 if source.endswith("I") else 1.5
        sign = math.copysign(1, mean)
        parts.append([(first[source] + rng.integers(0, sizes[source], count)).astype(numpy.int32),
                      (first[target] + rng.integers(0, sizes[target], count)).astype(numpy.int32),
                      (sign * normal(rng, abs(mean), 0.1 * abs(mean), count, 0)).astype("f4"),
                      numpy.round(normal(rng, delay, delay / 2, count, 0.05), 1).astype("f4")])
    columns = [numpy.concatenate([part.pop(0) for part in parts]) for _ in range(4)]
    order = numpy.argsort(columns[0], kind="stable")
    return [columns.pop(0)[order] for _ in range(4)]


def build_at(scale):
    weight = 87.80849353 / math.sqrt(scale)  # pA
    with open(FOLDER / "microcircuit.yaml", encoding="utf-8") as file:
        full = yaml.safe_load(file)
    sizes, first, total = {}, {}, 0
    for name, population in full["populations"].items():
        first[name] = total
        sizes[name] = round(scale * int(population["size"].split("*")[1].strip(" )")))
        total += sizes[name]
    cells = NeuronGroup(total, EQUATIONS, threshold="v >= -50*mV", reset="v = -65*mV",
                        refractory=2 * ms, method="exact")
    rng = generator()
    groups, others = {}, [cells]
    for name, population in full["populations"].items():
        group = groups[name] = cells[first[name]:first[name] + sizes[name]]
        mean, spread = (float(value.split()[0]) for value in population["init"]["v"]["normal"])
        group.v = rng.normal(mean, spread, sizes[name]) * mV
        group.constant = (1 - math.sqrt(scale)) * LOST[name] * pA
        others.append(PoissonInput(group, "syn", round(scale * EXTERNAL[name]), 8 * Hz,
                                   weight=weight * pA))
    source, target, w, delay = edges(rng, full["projections"], first, sizes, weight)
    out = numpy.bincount(source, minlength=total)
    synapses = Synapses(cells, cells, "w : amp", on_pre="syn += w", dtype={"w": numpy.float32})
    synapses.connect(i=source, j=target)
    del source, target
    synapses.w = w * pA
    del w
    synapses.delay = delay * ms
    reach = {name: out[first[name]:first[name] + sizes[name]].mean() for name in sizes}
    return {"populations": groups, "others": [*others, synapses], "reach": reach,
            "integrator": "exact"}
