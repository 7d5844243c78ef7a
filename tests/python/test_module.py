"""python/hillock.py on what the program has written."""
import importlib.util
import os
import unittest

import h5py
import numpy as np

from running import RunCase, QUICK

import hillock


class SmallRun(RunCase):
    """A list of weights, and neurons that never fire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = cls.run_small()
        cls.results = hillock.Results(os.path.dirname(cls.path))

    @classmethod
    def tearDownClass(cls):
        cls.results.close()
        super().tearDownClass()

    def test_a_file_and_its_folder_are_the_same(self):
        with hillock.Results(self.path) as results:
            self.assertEqual(results.path, self.results.path)
            self.assertEqual(results.populations, ["exc", "noise", "still"])

    def test_spikes_are_arrays(self):
        noise = self.results.spikes("noise")
        with h5py.File(self.path) as file:
            np.testing.assert_array_equal(noise.times, file["spikes/noise/timestamps"][:])
            np.testing.assert_array_equal(noise.ids, file["spikes/noise/node_ids"][:])
        self.assertGreater(len(noise), 100)
        self.assertEqual((noise.size, noise.start, noise.stop), (100, 0.0, 200.0))
        self.assertTrue(np.all(np.diff(noise.times) >= 0))

    def test_trains_are_the_spikes_by_neuron(self):
        noise = self.results.spikes("noise")
        trains = noise.trains()
        self.assertEqual(len(trains), 100)
        self.assertEqual([len(train) for train in trains], list(noise.counts()))
        for neuron in (0, 41, 99):
            np.testing.assert_array_equal(trains[neuron], noise.train(neuron))
            np.testing.assert_array_equal(trains[neuron], noise.times[noise.ids == neuron])

    def test_neurons_that_never_fired_are_there(self):
        still = self.results.spikes("still")
        self.assertEqual([len(train) for train in still.trains()], [0, 0, 0])
        self.assertEqual(list(still.counts()), [0, 0, 0])
        self.assertEqual(still.rate(), 0.0)

    def test_rates_are_those_that_the_program_tells(self):
        self.assertAlmostEqual(self.results.spikes("noise").rate(),
                               self.results.metrics["rate"]["noise"])

    def test_weights_are_lists_or_a_sparse_matrix(self):
        weights = self.results.weights("noise->exc")
        source, target, weight = weights.lists()
        matrix = weights.matrix((100, 40))
        self.assertEqual(weights.unit, "pA")
        self.assertFalse(weights.is_dense)
        self.assertEqual(len(weights), len(weight))
        self.assertEqual(matrix.shape, (100, 40))
        np.testing.assert_array_equal(matrix[source, target], weight)
        self.assertEqual(np.count_nonzero(matrix), len(weight))

    def test_what_is_not_there_is_named(self):
        with self.assertRaisesRegex(LookupError, "no population with spikes 'ecx'; there: exc, "):
            self.results.spikes("ecx")
        with self.assertRaisesRegex(LookupError, "no report 'v'; there: none"):
            self.results.report("v")
        with self.assertRaisesRegex(IndexError, "noise has the neurons 0 to 99, not 100"):
            self.results.spikes("noise").train(100)
        self.assertEqual(self.results.state, {})
        self.assertEqual(self.results.reports, [])

    def test_how_it_was_made_is_told(self):
        self.assertEqual(self.results.name, "small")
        self.assertEqual(self.results.provenance["status"], "complete")
        self.assertEqual(self.results.provenance["seed"], "1")
        self.assertIn("duration: 200 ms\n", self.results.experiment)
        self.assertGreater(self.results.wall["total_s"], 0.0)
        self.assertGreater(self.results.network["synapses"], 1000)

    @unittest.skipUnless(importlib.util.find_spec("neo"), "no Neo here")
    def test_neo_has_a_train_for_each_neuron(self):
        segment = self.results.neo().segments[0]
        self.assertEqual(len(segment.spiketrains), 143)
        train = [t for t in segment.spiketrains
                 if t.annotations == {"population": "noise", "neuron": 7}]
        np.testing.assert_array_equal(train[0].magnitude, self.results.spikes("noise").train(7))
        self.assertEqual(float(train[0].t_stop), 200.0)


class QuickRun(RunCase):
    """A matrix of weights, phases and slow state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_program(*QUICK)
        cls.results = hillock.Results(os.path.join(cls.folder, "results/quickstart"))

    @classmethod
    def tearDownClass(cls):
        cls.results.close()
        super().tearDownClass()

    def test_a_dense_projection_is_a_matrix_or_lists(self):
        weights = self.results.weights("input->exc")
        matrix = weights.matrix()
        source, target, weight = weights.lists()
        self.assertTrue(weights.is_dense)
        self.assertEqual(matrix.shape, (784, 100))
        self.assertEqual(len(weights), 78400)
        np.testing.assert_array_equal(matrix[source, target], weight)

    def test_metrics_and_state_are_by_name(self):
        test = self.results.metrics["test"]
        self.assertEqual(test["samples"], 50)
        self.assertEqual(test["confusion"].shape, (10, 11))
        self.assertAlmostEqual(np.trace(test["confusion"][:, :10]) / test["judged"],
                               test["accuracy"])
        self.assertEqual(self.results.state["exc"]["theta"].shape, (100,))


class Made(RunCase):
    """What others write, or what no run of ours holds yet."""

    def make(self, name="made.h5"):
        return h5py.File(os.path.join(self.folder, name), "w")

    def make_report(self, pointer_name, pointers, data=((1, 2, 3), (4, 5, 6))):
        with self.make() as file:
            group = file.create_group("report/v")
            group["data"] = np.array(data, "f4")
            group["data"].attrs["units"] = "mV"
            group["data"].attrs["variable"] = "v"
            group["mapping/node_ids"] = np.array([4, 9], "u8")
            group["mapping/" + pointer_name] = np.array(pointers, "u8")
            group["mapping/element_ids"] = np.array([0, 0, 1], "u4")
            group["mapping/time"] = np.array([10.0, 11.0, 0.5])
        return os.path.join(self.folder, "made.h5")

    def check_report(self, path):
        with hillock.Results(path) as results:
            self.assertEqual(results.reports, ["v"])
            report = results.report("v")
            np.testing.assert_array_equal(report.data, [[1, 2, 3], [4, 5, 6]])
            np.testing.assert_array_equal(report.ids, [4, 9, 9])
            np.testing.assert_array_equal(report.elements, [0, 0, 1])
            np.testing.assert_array_equal(report.times, [10.0, 10.5])
            np.testing.assert_array_equal(report.of(4), [1, 4])
            np.testing.assert_array_equal(report.of(9), [[2, 3], [5, 6]])
            self.assertEqual((report.unit, report.variable), ("mV", "v"))
            with self.assertRaisesRegex(IndexError, "report v has no neuron 5"):
                report.of(5)

    def test_reports_are_read_in_each_spelling(self):
        self.check_report(self.make_report("index_pointers", [0, 1, 3]))
        self.check_report(self.make_report("index_pointer", [0, 1, 3]))
        self.check_report(self.make_report("index_pointers", [0, 1]))

    @unittest.skipUnless(importlib.util.find_spec("neo"), "no Neo here")
    def test_a_report_is_a_signal_of_neo(self):
        with hillock.Results(self.make_report("index_pointers", [0, 1, 3])) as results:
            signal = results.neo().segments[0].analogsignals[0]
        self.assertEqual(signal.shape, (2, 3))
        self.assertEqual(float(signal.t_start), 10.0)
        self.assertEqual(str(signal.units.dimensionality), "mV")

    def test_spikes_of_others_are_put_in_order(self):
        with self.make() as file:
            file["spikes/a/timestamps"] = [3.0, 1.0, 2.0]
            file["spikes/a/node_ids"] = np.array([0, 0, 1], "u8")
        with hillock.Results(os.path.join(self.folder, "made.h5")) as results:
            spikes = results.spikes("a")
        np.testing.assert_array_equal(spikes.times, [1.0, 2.0, 3.0])
        np.testing.assert_array_equal(spikes.ids, [0, 1, 0])
        self.assertEqual(spikes.size, 2)

    def test_no_spikes_are_fine(self):
        with self.make() as file:
            file["spikes/a/timestamps"] = np.array([], "f8")
            file["spikes/a/node_ids"] = np.array([], "u8")
        with hillock.Results(os.path.join(self.folder, "made.h5")) as results:
            spikes = results.spikes("a")
        self.assertEqual((len(spikes), spikes.size, spikes.trains(), spikes.rate()),
                         (0, 0, [], 0.0))

    def test_a_run_that_is_not_finished_is_told(self):
        with self.assertRaisesRegex(FileNotFoundError, r"there is no .*results\.h5$"):
            hillock.Results(self.folder)
        self.make("results.h5.part").close()
        with self.assertRaisesRegex(FileNotFoundError, "only its .part: the run goes on, or has"):
            hillock.Results(self.folder)


if __name__ == "__main__":
    unittest.main()
