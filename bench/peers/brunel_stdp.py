"""brunel-stdp.yaml in Brian2: traces that are updated when they are needed."""
from brian2 import Synapses, ms, mV

from brunel import EXC, FROM_EXC, FROM_INH, INH, REACH, cells_and_noise, connect

TRACES = """
w : volt
dx/dt = -x / (20*ms) : 1 (event-driven)
dy/dt = -y / (20*ms) : 1 (event-driven)
"""
ON_PRE = "v_post += w; w = clip(w - 0.00105*mV * y, 0*mV, 0.3*mV); x += 1"
ON_POST = "w = clip(w + 0.001*mV * x, 0*mV, 0.3*mV); y += 1"


def build():
    cells, noise = cells_and_noise()
    exc, inh = cells[:EXC], cells[EXC:]
    learn = Synapses(exc, exc, TRACES, on_pre=ON_PRE, on_post=ON_POST, delay={"pre": 1.5 * ms})
    # What arrives in a step moves V after the threshold test of that step, so it comes after the
    # spikes of the step.
    learn.pre.order = 1
    connect(learn, EXC, EXC, FROM_EXC)
    learn.w = 0.1 * mV
    excite = Synapses(exc, inh, on_pre="v += 0.1*mV", delay=1.5 * ms)
    connect(excite, EXC, INH, FROM_EXC)
    inhibit = Synapses(inh, cells, on_pre="v -= 0.5*mV", delay=1.5 * ms)
    connect(inhibit, INH, EXC + INH, FROM_INH)
    return {"populations": {"exc": exc, "inh": inh},
            "others": [cells, noise, learn, excite, inhibit],
            "reach": REACH, "integrator": "exact"}
