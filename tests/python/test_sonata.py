"""What the program writes, read as SONATA's readers and h5dump do."""
import os
import re
import shutil
import subprocess
import unittest

import h5py
import numpy as np

from running import RunCase, data_folder

import hillock
import sonata_reader


class Reader(unittest.TestCase):
    """Is the reader that judges us itself right? libsonata's own test files say so."""

    def setUp(self):
        folder = data_folder("sonata")
        if not folder:
            self.skipTest("no SONATA examples here")
        self.folder = os.path.join(folder, "libsonata")

    def test_it_reads_libsonatas_spikes_as_libsonatas_tests_expect(self):
        spikes = sonata_reader.open_spikes(os.path.join(self.folder, "spikes.h5"))
        self.assertEqual(sorted(spikes), ["All", "empty", "spikes1", "spikes2"])
        self.assertEqual([spikes[name].sorting for name in sorted(spikes)],
                         ["by_time", "by_id", "by_id", "none"])
        self.assertEqual(spikes["All"].get(),
                         [(5, 0.1), (2, 0.2), (3, 0.3), (2, 0.7), (3, 1.3)])
        self.assertEqual(spikes["All"].get(0.2, 1.0), [(2, 0.2), (3, 0.3), (2, 0.7)])
        self.assertEqual(spikes["empty"].get(), [])

    def test_it_reads_libsonatas_reports(self):
        for file, columns in (("somas.h5", 20), ("elements.h5", 100)):
            report = sonata_reader.open_report(os.path.join(self.folder, file), "All")
            self.assertEqual(report.data.shape[1], columns)
            self.assertEqual(report.units, "mV")

    def test_it_refuses_a_sorting_that_libsonata_can_not_read(self):
        path = os.path.join(os.path.dirname(self.folder), "300_intfire/output/spikes.h5")
        with self.assertRaisesRegex(sonata_reader.Refused, "sorting is an enumeration"):
            sonata_reader.open_spikes(path)


class Written(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.run_small()

    def test_the_root_is_sonatas(self):
        with h5py.File(self.path) as file:
            sonata_reader.check_root(file)

    def test_spikes_are_read_by_libsonatas_steps(self):
        spikes = sonata_reader.open_spikes(self.path)
        self.assertEqual(sorted(spikes), ["exc", "noise", "still"])
        for population in spikes.values():
            self.assertEqual(population.sorting, "by_time")
            self.assertTrue(np.all(np.diff(population.timestamps) >= 0))
        noise = spikes["noise"]
        self.assertLess(noise.node_ids.max(), 100)
        pairs = list(zip(noise.node_ids.tolist(), noise.timestamps.tolist()))
        self.assertEqual(noise.get(), pairs)
        self.assertEqual(noise.get(50.0, 100.0), [pair for pair in pairs if 50 <= pair[1] <= 100])
        self.assertEqual(spikes["still"].get(), [])

    def test_types_are_those_of_the_guide(self):
        with h5py.File(self.path) as file:
            group = file["spikes/noise"]
            self.assertEqual(group["node_ids"].dtype, np.dtype("<u8"))
            self.assertEqual(group["timestamps"].dtype, np.dtype("<f8"))
            self.assertEqual(sonata_reader.read_text(group["timestamps"], "units"), "ms")

    @unittest.skipUnless(shutil.which("h5dump"), "no h5dump here (hdf5-tools)")
    def test_h5dump_shows_the_same(self):
        self.assertEqual(self.dump("-a", "/spikes/noise/sorting"), ["by_time"])
        self.assertEqual(self.dump("-a", "/magic"), ["2682"])
        self.assertEqual(self.dump("-a", "/spikes/noise/timestamps/units"), ['"ms"'])
        noise = sonata_reader.open_spikes(self.path)["noise"]
        self.assertEqual([int(text) for text in self.dump("-d", "/spikes/noise/node_ids")],
                         noise.node_ids.tolist())
        times = [float(text) for text in self.dump("-m", "%.17g", "-d", "/spikes/noise/timestamps")]
        self.assertEqual(times, noise.timestamps.tolist())
        self.assertEqual(self.dump("-d", "/provenance/status"), ['"complete"'])

    def dump(self, *options):
        """The values that h5dump prints, as text."""
        text = subprocess.run(["h5dump", "-y", "-w", "0", *options, self.path], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        data = re.search(r"DATA \{\n(.*?)\n *\}", text.split("ATTRIBUTE \"units\"")[0]
                         if "-d" in options else text, re.S).group(1)
        return [value.strip() for value in data.replace("\n", " ").split(",")]


class Reports(unittest.TestCase):
    """The report that tests/python/test_readers.c has written with io/results.h: frame f of neuron n
    is 10 n + f."""

    def setUp(self):
        self.path = os.environ.get("HK_TEST_REPORT")
        if not self.path:
            self.skipTest("tests/python/test_readers.c writes the report for this one")

    def test_a_report_is_read_by_libsonatas_steps(self):
        report = sonata_reader.open_report(self.path, "v")
        self.assertEqual(report.node_ids.tolist(), [2, 5, 7])
        self.assertEqual((report.start, report.stop, report.step), (1.0, 3.0, 0.5))
        self.assertEqual(report.units, "mV")
        self.assertEqual(report.data.tolist(), [[20 + f, 50 + f, 70 + f] for f in range(4)])

    def test_a_report_is_read_by_our_module(self):
        with hillock.Results(self.path) as results:
            report = results.report("v")
            self.assertEqual((report.unit, report.variable), ("mV", "v"))
            self.assertEqual(report.ids.tolist(), [2, 5, 7])
            self.assertEqual(report.times.tolist(), [1.0, 1.5, 2.0, 2.5])
            self.assertEqual(report.of(5).tolist(), [50, 51, 52, 53])


if __name__ == "__main__":
    unittest.main()
