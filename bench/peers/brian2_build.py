"""Build a network of bench/ as a Brian2 C++ program (standalone mode).

    brian2_build.py [--seed N] [--threads N] [--spikes] NETWORK SECONDS FOLDER

FOLDER gets the program `main`, which is run in it, and peer.json: what was built and how, and in
which files the program leaves the spikes of each neuron: how many, and with --spikes also each of
them; nothing else is recorded. run.txt has the wall time and the processor time of the simulation
alone, in seconds. The network is that of NETWORK.py: sizes, weights, delays, connections and grid
are those of NETWORK.yaml in the folder above.
"""
import argparse
import importlib
import json
import time

import brian2
import numpy
from brian2 import SpikeMonitor, defaultclock, device, ms, prefs, seed, second, set_device
from brian2.codegen.cpp_prefs import get_compiler_and_args


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


def file_of(monitor, variable):
    return device.get_array_filename(monitor.variables[variable])


def conditions(network, args):
    """What a comparison has to say of its peer."""
    _, flags = get_compiler_and_args()
    return {
        "peer": "brian2 " + brian2.__version__,
        "threads": args.threads or 1,
        "precision": "double" if prefs.core.default_float_dtype == numpy.float64 else "single",
        "integrator": network["integrator"],
        "flags": " ".join(flags),
        "records": "each spike" if args.spikes else "the spike count of each neuron",
        "seed": args.seed,
        "bio_s": args.seconds,
        "sizes": {key: len(group) for key, group in network["populations"].items()},
        "reach": network["reach"],
    }


def main(args):
    prefs.devices.cpp_standalone.openmp_threads = args.threads
    set_device("cpp_standalone", build_on_run=False)
    seed(args.seed)
    numpy.random.seed(args.seed)
    defaultclock.dt = 0.1 * ms
    network = importlib.import_module(args.network.replace("-", "_")).build()
    monitors = {key: SpikeMonitor(group, record=args.spikes)
                for key, group in network["populations"].items()}
    net = brian2.Network(*network["populations"].values(), *network["others"], *monitors.values())
    began = time.monotonic()
    device.insert_code("before_network_run", BEFORE)
    device.insert_code("after_network_run", AFTER)
    net.run(args.seconds * second)
    device.build(directory=args.folder, compile=True, run=False, debug=False)
    peer = conditions(network, args)
    peer["compile_s"] = time.monotonic() - began
    peer["counts"] = {key: file_of(monitor, "count") for key, monitor in monitors.items()}
    if args.spikes:
        peer["spikes"] = {key: [file_of(monitor, "i"), file_of(monitor, "t")]
                          for key, monitor in monitors.items()}
    with open(args.folder + "/peer.json", "w", encoding="utf-8") as file:
        json.dump(peer, file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: without OpenMP")
    parser.add_argument("--spikes", action="store_true")
    parser.add_argument("network")
    parser.add_argument("seconds", type=float)
    parser.add_argument("folder")
    main(parser.parse_args())
