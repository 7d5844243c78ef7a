"""What `hillock recover` makes of a run that was killed, as h5py sees it."""
import os
import signal
import struct
import subprocess
import unittest

import h5py
import numpy as np

from running import PROGRAM, RunCase

LONG = """\
name: long
resolution: 0.1 ms
duration: 100000 s
populations:
  noise: {size: 1000, source: {poisson: 200 Hz}}
  exc: {model: lif, size: 100}
projections:
  noise->exc: {connect: {rule: fixed-indegree, n: 20}, weight: 100 pA}
record:
  spikes: [noise, exc]
  vm: {state: exc.v, every: 1 ms}
"""


def flushed(path):
    """The simulated time, in ms, that a journal holds: its last whole record ends with it
    (docs/results-layout.md)."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"HKJRNL1\n"
    at, reached = 32, 0.0
    while at + 16 <= len(data):
        (size,) = struct.unpack_from("=I", data, at)
        if at + 16 + size > len(data):
            break
        (reached,) = struct.unpack_from("=d", data, at + 16 + size - 8)
        at += 16 + size
    return reached


class KilledRun(RunCase):
    """Killed when three mebibytes of its journal were there, and recovered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(os.path.join(cls.folder, "long.yaml"), "w") as file:
            file.write(LONG)
        journal = os.path.join(cls.folder, "killed/journal-000001")
        run = subprocess.Popen([PROGRAM, "run", "-q", "long.yaml", "-o", "killed"], cwd=cls.folder)
        while not os.path.exists(journal) or os.stat(journal).st_size < 3 << 20:
            if run.poll() is not None:
                raise AssertionError(f"the run ended with {run.returncode}")
            os.sched_yield()
        run.send_signal(signal.SIGKILL)
        run.wait()
        cls.flushed = flushed(journal)
        cls.run_program("recover", "killed")
        cls.file = h5py.File(os.path.join(cls.folder, "killed/results.h5"))

    @classmethod
    def tearDownClass(cls):
        cls.file.close()
        super().tearDownClass()

    def test_it_says_that_the_run_died_and_when(self):
        self.assertEqual(self.file["provenance/status"][()], b"died")
        self.assertGreater(self.flushed, 1000.0)
        self.assertEqual(self.file["provenance/recorded_until"][()], self.flushed)

    def assert_begins(self, whole, name, least):
        """The recovered dataset is the beginning of the whole one, of at least that length."""
        recovered = self.file[name]
        self.assertGreater(least, 100)
        self.assertGreaterEqual(len(recovered), least)
        np.testing.assert_array_equal(recovered, whole[name][:len(recovered)], err_msg=name)

    def test_all_until_the_last_flush_is_there(self):
        self.run_program("run", "-q", "long.yaml", "-o", "whole", "-D",
                         f"duration={self.flushed + 100.0:.1f} ms")
        with h5py.File(os.path.join(self.folder, "whole/results.h5")) as whole:
            for name in ("noise", "exc"):
                times = whole[f"spikes/{name}/timestamps"][:]
                least = np.searchsorted(times, self.flushed, side="right")
                self.assert_begins(whole, f"spikes/{name}/timestamps", least)
                self.assert_begins(whole, f"spikes/{name}/node_ids", least)
            self.assert_begins(whole, "report/vm/data", int(self.flushed))

    def test_nothing_else_is_left(self):
        self.assertEqual(os.listdir(os.path.join(self.folder, "killed")), ["results.h5"])


if __name__ == "__main__":
    unittest.main()
