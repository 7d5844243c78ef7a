"""Build a network of bench/ as a Brian2 C++ program (standalone mode).

    brian2_build.py NETWORK SECONDS FOLDER

FOLDER gets the program `main`, which is run in it, and peer.json: what was built, and in which
files the program leaves the spikes of each neuron. Nothing else is recorded. run.txt has the wall
time and the processor time of the simulation alone, in seconds. The network is that of NETWORK.py:
sizes, weights, delays, connections and grid are those of NETWORK.yaml in the folder above.
"""
import importlib
import json
import sys
import time

import brian2
from brian2 import SpikeMonitor, defaultclock, device, ms, seed, second, set_device


BEFORE = """
struct timespec wall_began, cpu_began, wall_ended, cpu_ended;
clock_gettime(CLOCK_MONOTONIC, &wall_began);
clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_began);
"""
AFTER = """
clock_gettime(CLOCK_MONOTONIC, &wall_ended);
clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_ended);
std::ofstream("run.txt")
    << (wall_ended.tv_sec - wall_began.tv_sec) + 1e-9 * (wall_ended.tv_nsec - wall_began.tv_nsec)
    << " "
    << (cpu_ended.tv_sec - cpu_began.tv_sec) + 1e-9 * (cpu_ended.tv_nsec - cpu_began.tv_nsec);
"""


def main(name, seconds, folder):
    set_device("cpp_standalone", build_on_run=False)
    seed(1)
    defaultclock.dt = 0.1 * ms
    network = importlib.import_module(name.replace("-", "_")).build()
    monitors = {}
    for key, group in network["populations"].items():
        monitors[key] = SpikeMonitor(group, record=False)
    net = brian2.Network(*network["populations"].values(), *network["others"], *monitors.values())
    began = time.monotonic()
    device.insert_code("before_network_run", BEFORE)
    device.insert_code("after_network_run", AFTER)
    net.run(seconds * second)
    device.build(directory=folder, compile=True, run=False, debug=False)
    peer = {
        "peer": "brian2 " + brian2.__version__,
        "bio_s": seconds,
        "compile_s": time.monotonic() - began,
        "counts": {
            key: device.get_array_filename(monitor.variables["count"])
            for key, monitor in monitors.items()
        },
        "sizes": {key: len(group) for key, group in network["populations"].items()},
    }
    with open(folder + "/peer.json", "w", encoding="utf-8") as file:
        json.dump(peer, file)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
