"""Read the results of hillock in Python: h5py and NumPy, nothing else.

    import hillock

    with hillock.Results("results/quickstart") as results:
        results.populations                       # those whose spikes were recorded
        exc = results.spikes("exc")
        exc.times, exc.ids                        # arrays: ms, and which neuron
        exc.trains()                              # one array of times a neuron
        results.weights("input->exc").matrix()    # [source, target]
        results.metrics["test"]["accuracy"]
        results.report("v").data                  # [frame, column]
        results.experiment                        # the whole experiment, as YAML
        results.provenance["seed"]

Nothing is read before it is asked for, and what a run hasn't written is absent: `populations`,
`projections` and `reports` say what there is. Where Neo is installed, `results.neo()` is the run as
a Block of SpikeTrains and AnalogSignals.
"""
import os

import h5py
import numpy as np

__all__ = ["Results", "Spikes", "Weights", "Report"]


class Spikes:
    """The spikes of a population, in the order of their times."""

    def __init__(self, name, group):
        self.name = name
        times, ids = group["timestamps"][:], group["node_ids"][:]
        if np.any(np.diff(times) < 0):  # ours never are; other programs may sort by neuron
            order = np.argsort(times, kind="stable")
            times, ids = times[order], ids[order]
        self.times = times
        """ms, float64"""
        self.ids = ids
        """which neuron of the population, from 0; as long as `times`"""
        self.size = int(group.attrs.get("n_neurons", _size(self.ids)))
        """neurons of the population, those that never spiked included"""
        self.start = float(group.attrs.get("t_start", 0.0))
        self.stop = float(group.attrs.get("t_stop", self.times.max(initial=0.0)))
        """ms: what was recorded"""

    def __len__(self):
        return len(self.times)

    def __repr__(self):
        return f"<{len(self)} spikes of {self.size} neurons of {self.name}>"

    def counts(self):
        """How many spikes each neuron has: an array of `size`."""
        return np.bincount(self.ids.astype(np.intp), minlength=self.size)

    def train(self, neuron):
        """The times of one neuron's spikes, in ms."""
        if not 0 <= neuron < self.size:
            raise IndexError(f"{self.name} has the neurons 0 to {self.size - 1}, not {neuron}")
        return self.times[self.ids == neuron]

    def trains(self):
        """The times of each neuron's spikes: a list of `size` arrays, some maybe empty."""
        order = np.argsort(self.ids, kind="stable")
        ends = np.cumsum(self.counts())
        return np.split(self.times[order], ends[:-1]) if self.size else []

    def rate(self):
        """The mean rate of a neuron, in Hz, over all that was recorded."""
        time = self.size * (self.stop - self.start)
        return 1000.0 * len(self) / time if time > 0 else 0.0

    def neo(self):
        """A list of neo.SpikeTrain, one a neuron."""
        neo = _import_neo()
        return [
            neo.SpikeTrain(train, units="ms", t_start=self.start, t_stop=self.stop,
                           population=self.name, neuron=neuron)
            for neuron, train in enumerate(self.trains())
        ]


class Weights:
    """The weights of a projection at the end of the run."""

    def __init__(self, name, item):
        self.name = name
        self._item = item
        self.is_dense = isinstance(item, h5py.Dataset)
        """Are all pairs connected, and stored as a matrix?"""
        self.unit = _text((item if self.is_dense else item["weight"]).attrs.get("units", ""))

    def __len__(self):
        return self._item.size if self.is_dense else len(self._item["weight"])

    def __repr__(self):
        return f"<{len(self)} weights of {self.name}>"

    def lists(self):
        """Three arrays: sources, targets, weights; one entry a synapse."""
        if not self.is_dense:
            return tuple(self._item[column][:] for column in ("source", "target", "weight"))
        sources, targets = np.indices(self._item.shape).reshape(2, -1)
        return sources, targets, self._item[:].ravel()

    def matrix(self, shape=None):
        """An array [source, target]; weights of several synapses of a pair are added up, and a
        pair without one has 0. `shape` is that of the two populations; without it, a projection
        that is stored as lists reaches to its highest source and target."""
        if self.is_dense:
            return self._item[:]
        source, target, weight = self.lists()
        if shape is None:
            shape = (_size(source), _size(target))
        matrix = np.zeros(shape)
        np.add.at(matrix, (source, target), weight)
        return matrix


class Report:
    """A variable over time, in frames: a membrane potential, a weight, a rate."""

    def __init__(self, name, group):
        self.name = name
        self._data = group["data"]
        mapping = group["mapping"]
        nodes = mapping["node_ids"][:]
        # Both spellings are in use; the first column of each neuron, and the end of the last.
        key = "index_pointers" if "index_pointers" in mapping else "index_pointer"
        pointers = mapping[key][:].astype(np.intp)
        if len(pointers) == len(nodes):
            pointers = np.append(pointers, self._data.shape[1])
        self.ids = np.repeat(nodes, np.diff(pointers))
        """which neuron each column is of"""
        self.elements = (mapping["element_ids"][:] if "element_ids" in mapping
                         else np.zeros_like(self.ids))
        """which part of it, where it has several"""
        self.start, self.stop, self.step = (float(value) for value in mapping["time"][:])
        """ms; the frame that would be at `stop` isn't there"""
        self.unit = _text(self._data.attrs.get("units", ""))
        self.variable = _text(self._data.attrs.get("variable", ""))

    def __repr__(self):
        frames, columns = self._data.shape
        return f"<report {self.name}: {frames} frames of {columns} columns, {self.unit}>"

    @property
    def data(self):
        """An array [frame, column]."""
        return self._data[:]

    @property
    def times(self):
        """The time of each frame, in ms."""
        return self.start + self.step * np.arange(self._data.shape[0])

    def of(self, neuron):
        """The frames of one neuron: [frame], or [frame, element] where it has several."""
        columns = np.flatnonzero(self.ids == neuron)
        if columns.size == 0:
            raise IndexError(f"report {self.name} has no neuron {neuron}")
        return self._data[:, columns[0]] if columns.size == 1 else self._data[:, columns]

    def neo(self):
        """A neo.AnalogSignal with a channel a column."""
        import quantities

        neo = _import_neo()
        # Python's units know no "1" for what has none.
        unit = self.unit if self.unit and self.unit != "1" else "dimensionless"
        return neo.AnalogSignal(self.data, units=unit, t_start=self.start * quantities.ms,
                                sampling_period=self.step * quantities.ms, name=self.name)


class Results:
    """What a run has written: `Results(FOLDER)` or `Results("FOLDER/results.h5")`.

    Spikes and reports of any SONATA file can be read as well. Close it, or use it in a `with`.
    """

    def __init__(self, path):
        path = os.fspath(path)
        if os.path.isdir(path):
            path = os.path.join(path, "results.h5")
        if not os.path.exists(path):
            unfinished = os.path.exists(path + ".part")
            raise FileNotFoundError(
                f"there is no {path}" + (", only its .part: the run goes on, or has died"
                                         if unfinished else ""))
        self.path = path
        self.file = h5py.File(path, "r")
        """the h5py.File, for all else"""

    def close(self):
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return f"<results of hillock in {self.path}>"

    def _names(self, group):
        return list(self.file[group]) if group in self.file else []

    def _find(self, group, name, what):
        names = self._names(group)
        if name not in names:
            there = ", ".join(names) if names else "none"
            raise LookupError(f"{self.path}: there is no {what} '{name}'; there: {there}")
        return self.file[group][name]

    # ---- what was recorded ----

    @property
    def populations(self):
        """The populations whose spikes were recorded."""
        return self._names("spikes")

    def spikes(self, population):
        return Spikes(population, self._find("spikes", population, "population with spikes"))

    @property
    def projections(self):
        """The projections whose weights were written: those that learn."""
        return self._names("weights")

    def weights(self, projection):
        return Weights(projection, self._find("weights", projection, "projection with weights"))

    @property
    def reports(self):
        """The names of what was recorded over time."""
        return self._names("report")

    def report(self, name):
        return Report(name, self._find("report", name, "report"))

    # ---- small things, as dictionaries within each other ----

    @property
    def metrics(self):
        """Numbers by phase and name: metrics["test"]["accuracy"]; arrays where there are several."""
        return self._tree("metrics")

    @property
    def state(self):
        """Slow state variables at the end of the run: state["exc"]["theta"]."""
        return self._tree("state")

    @property
    def network(self):
        """Sizes: neurons, synapses, spikes, bytes."""
        return self._tree("network")

    @property
    def wall(self):
        """Wall time of each phase, in seconds."""
        return self._tree("wall")

    @property
    def provenance(self):
        """Version, commit, compiler, seed, command, and how the run ended."""
        return self._tree("provenance")

    @property
    def experiment(self):
        """The experiment with everything filled in, as YAML; `hillock run RESULTS` repeats it."""
        return self._value(self.file["experiment/resolved"])

    @property
    def name(self):
        return self._value(self.file["experiment/name"])

    def _tree(self, path):
        if path not in self.file:
            return {}
        return {name: self._value(item) for name, item in self.file[path].items()}

    def _value(self, item):
        if isinstance(item, h5py.Group):
            return {name: self._value(inner) for name, inner in item.items()}
        value = item[()]
        if isinstance(value, (bytes, str)):
            return _text(value)
        return value.item() if np.ndim(value) == 0 else value

    # ---- Neo ----

    def neo(self):
        """A neo.Block with one segment: all spikes and reports."""
        neo = _import_neo()
        block = neo.Block(name=os.path.basename(os.path.dirname(os.path.abspath(self.path))),
                          file_origin=self.path)
        segment = neo.Segment()
        block.segments.append(segment)
        for population in self.populations:
            segment.spiketrains.extend(self.spikes(population).neo())
        for report in self.reports:
            segment.analogsignals.append(self.report(report).neo())
        return block


def _size(ids):
    """How many there are at least, where these are some of them."""
    return int(ids.max()) + 1 if len(ids) else 0


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _import_neo():
    try:
        import neo
    except ImportError as missing:
        raise ImportError("this needs Neo (Debian: python3-neo)") from missing
    return neo
