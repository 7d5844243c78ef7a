"""Runs the program that is tested, in a folder of its own."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("HK_TEST_PROGRAM", os.path.join(ROOT, "build/hillock")))
sys.path.insert(0, os.path.join(ROOT, "python"))

# The quickstart, with few samples: too few to learn what it expects.
QUICK = ["run", os.path.join(ROOT, "experiments/quickstart.yaml"), "-D", "data.train=200",
         "-D", "data.test=50", "-D", "protocol.0.take=100", "-D", "protocol.0.window=50",
         "-D", "protocol.1.take=50", "-D", "protocol.2.skip=150", "-D", "protocol.2.take=50", "-D",
         "expect=null"]

SMALL = """\
name: small
resolution: 0.1 ms
duration: 200 ms
populations:
  noise: {size: 100, source: {poisson: 20 Hz}}
  exc: {model: lif, size: 40, tau_m: 20 ms}
  still: {model: lif, size: 3}
projections:
  noise->exc:
    connect: {rule: probability, p: 0.3}
    weight: {uniform: [40 pA, 80 pA]}
    plasticity: {rule: stdp-pair, a_plus: 1 pA, a_minus: 1 pA, w_max: 200 pA}
record: {spikes: [noise, exc, still]}
"""


class RunCase(unittest.TestCase):
    """`cls.folder` is a folder where `cls.run_program` has been at work."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="python-", dir=os.environ.get("HK_TEST_ROOT"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def run_program(cls, *words):
        done = subprocess.run([PROGRAM, *words], cwd=cls.folder, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"hillock {' '.join(words)}: {done.returncode}\n{done.stderr}")

    @classmethod
    def run_small(cls):
        """Returns its results.h5."""
        with open(os.path.join(cls.folder, "small.yaml"), "w") as file:
            file.write(SMALL)
        cls.run_program("run", "small.yaml")
        return os.path.join(cls.folder, "results/small/results.h5")


def data_folder(name):
    """A folder of real data, or None."""
    for root in (os.environ.get("HILLOCK_DATA"), os.path.join(ROOT, "../shared/data")):
        if root and os.path.isdir(os.path.join(root, name)):
            return os.path.join(root, name)
    return None
