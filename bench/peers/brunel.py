"""brunel.yaml in Brian2: its PoissonInput for the background, and connections with the same
in-degrees that are listed by source, the order that suits its synapses best."""
import numpy
from brian2 import Hz, NeuronGroup, PoissonInput, Synapses, ms, mV

from brian2_draw import generator

EXC, INH, FROM_EXC, FROM_INH = 10000, 2500, 1000, 250
REACH = {"exc": 1250, "inh": 1250}  # synapses that a spike meets


def connect(synapses, sources, targets, indegree):
    """Each target draws `indegree` sources, with replacement."""
    draw = generator()
    source = draw.integers(0, sources, targets * indegree, dtype=numpy.int32)
    target = numpy.repeat(numpy.arange(targets, dtype=numpy.int32), indegree)
    order = numpy.argsort(source, kind="stable")
    synapses.connect(i=source[order], j=target[order])


def cells_and_noise():
    cells = NeuronGroup(EXC + INH, "dv/dt = -v / (20*ms) : volt (unless refractory)",
                        threshold="v > 20*mV", reset="v = 10*mV", refractory=2 * ms,
                        method="exact")
    return cells, PoissonInput(cells, "v", FROM_EXC, 20 * Hz, weight=0.1 * mV)


def build():
    cells, noise = cells_and_noise()
    exc, inh = cells[:EXC], cells[EXC:]
    excite = Synapses(exc, cells, on_pre="v += 0.1*mV", delay=1.5 * ms)
    connect(excite, EXC, EXC + INH, FROM_EXC)
    inhibit = Synapses(inh, cells, on_pre="v -= 0.5*mV", delay=1.5 * ms)
    connect(inhibit, INH, EXC + INH, FROM_INH)
    return {"populations": {"exc": exc, "inh": inh}, "others": [cells, noise, excite, inhibit],
            "reach": REACH, "integrator": "exact"}
