"""cuba.yaml in Brian2, after its own examples/CUBA.py; exact integration."""
from brian2 import NeuronGroup, Synapses, ms, mV

EQUATIONS = """
dv/dt = (-49*mV - v + ge + gi) / (20*ms) : volt (unless refractory)
dge/dt = -ge / (5*ms) : volt
dgi/dt = -gi / (10*ms) : volt
"""


def build():
    cells = NeuronGroup(4000, EQUATIONS, threshold="v > -50*mV", reset="v = -60*mV",
                        refractory=5 * ms, method="exact")
    cells.v = "-60*mV + 10*mV * rand()"
    exc, inh = cells[:3200], cells[3200:]
    excite = Synapses(exc, cells, on_pre="ge += 1.62*mV", delay=0.1 * ms)
    excite.connect(p=0.02)
    inhibit = Synapses(inh, cells, on_pre="gi -= 9*mV", delay=0.1 * ms)
    inhibit.connect(p=0.02)
    return {"populations": {"exc": exc, "inh": inh}, "others": [cells, excite, inhibit],
            "reach": {"exc": 80, "inh": 80}, "integrator": "exact"}
