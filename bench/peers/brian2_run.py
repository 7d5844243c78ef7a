"""Build and run networks of bench/ as Brian2 C++ programs, for tools/."""
import json
import os
import struct
import subprocess
import sys

PEERS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(PEERS))


def known():
    names = [name[:-3] for name in os.listdir(PEERS) if name.endswith(".py")]
    return sorted(name.replace("_", "-") for name in names if not name.startswith("brian2_"))


def build(name, seconds, *options):
    """The folder of the program, and what brian2_build.py says of it."""
    folder = os.path.join(ROOT, "build", "peers", "".join([f"{name}-{seconds:g}s", *options]))
    os.makedirs(folder, exist_ok=True)
    words = ["/usr/bin/python3", os.path.join(PEERS, "brian2_build.py"), *options, name,
             str(seconds), folder]
    # Brian2's makefile counts on make's built-in rules, which ours turns off for all below it.
    env = {key: value for key, value in os.environ.items() if key != "MAKEFLAGS"}
    with open(os.path.join(folder, "build.log"), "w", encoding="utf-8") as log:
        if subprocess.run(words, stdout=log, stderr=log, env=env, check=False).returncode:
            sys.exit(f"{name} can't be built in Brian2; see {log.name}")
    with open(os.path.join(folder, "peer.json"), encoding="utf-8") as file:
        return folder, json.load(file)


def find(folder, path):
    """Where this version has left a file."""
    for place in (path, os.path.join("results", path)):
        full = os.path.join(folder, place)
        if os.path.exists(full):
            return full
    sys.exit(f"{folder} has no {path}")


def spikes_in(folder, path):
    """The sum of the counts in a file of 32-bit numbers."""
    with open(find(folder, path), "rb") as file:
        data = file.read()
    return sum(struct.unpack(f"{len(data) // 4}i", data))


def run(name, folder, peer):
    """What bench-peers keeps of a run. Events are spikes times the synapses that each meets."""
    load = os.getloadavg()[0]
    with open(os.path.join(folder, "run.log"), "w", encoding="utf-8") as log:
        process = subprocess.Popen(["./main"], cwd=folder, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{name} failed in Brian2; see {log.name}")
    with open(os.path.join(folder, "run.txt"), encoding="utf-8") as file:
        wall, cpu = map(float, file.read().split())
    spikes = {key: spikes_in(folder, path) for key, path in peer["counts"].items()}
    kept = ("peer", "threads", "precision", "integrator", "flags", "records", "seed", "bio_s")
    return {"name": name, **{key: peer[key] for key in kept}, "sim_s": wall, "cpu_s": cpu,
            "rtf": wall / peer["bio_s"],
            "rates": {key: spikes[key] / (peer["bio_s"] * peer["sizes"][key]) for key in spikes},
            "events": sum(spikes[key] * peer["reach"][key] for key in spikes),
            "peak_mb": usage.ru_maxrss * 1024 / 1e6, "load": load}
