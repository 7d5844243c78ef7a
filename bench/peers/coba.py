"""coba.yaml in Brian2, in its usual method for conductances (exponential Euler), as ours."""
from brian2 import NeuronGroup, Synapses, ms, mV, nS, pF

EQUATIONS = """
dv/dt = (10*nS*(-60*mV - v) + ge*(0*mV - v) + gi*(-80*mV - v)) / (200*pF) : volt (unless refractory)
dge/dt = -ge / (5*ms) : siemens
dgi/dt = -gi / (10*ms) : siemens
"""


def build():
    cells = NeuronGroup(4000, EQUATIONS, threshold="v > -50*mV", reset="v = -60*mV",
                        refractory=5 * ms, method="exponential_euler")
    cells.v = "-65*mV + 5*mV * randn()"
    cells.ge = "clip(40*nS + 15*nS * randn(), 0*nS, 1000000*nS)"
    cells.gi = "clip(200*nS + 120*nS * randn(), 0*nS, 1000000*nS)"
    exc, inh = cells[:3200], cells[3200:]
    excite = Synapses(exc, cells, on_pre="ge += 6*nS", delay=0.1 * ms)
    excite.connect(p=0.02)
    inhibit = Synapses(inh, cells, on_pre="gi += 67*nS", delay=0.1 * ms)
    inhibit.connect(p=0.02)
    return {"populations": {"exc": exc, "inh": inh}, "others": [cells, excite, inhibit],
            "reach": {"exc": 80, "inh": 80}, "integrator": "exponential Euler"}
