"""Reads SONATA files step by step as libsonata's SpikeReader and ReportReader do
(src/report_reader.cpp), and as the SONATA Developer Guide says, through HDF5's low-level calls: no
conversion that they don't make, no attribute that they don't ask for. What those refuse is refused
here, too."""
import h5py
import numpy as np

SORTINGS = {"none": 0, "by_id": 1, "by_time": 2}
EPSILON = 1e-6


class Refused(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Refused(what)


def check_root(file):
    """Section "HDF5 file conventions" of the guide: /magic and /version."""
    magic, version = (file.attrs.get_id(name) for name in ("magic", "version"))
    expect(magic.shape == () and magic.dtype == np.dtype("<u4"), "magic is one u32")
    expect(version.shape == (2,) and version.dtype == np.dtype("<u4"), "version is two u32")
    expect(file.attrs["magic"] == 0x0A7A, "magic is 0x0A7A")


def read_text(owner, name):
    """As HighFive reads a std::string: of variable or of fixed length."""
    attribute = h5py.h5a.open(owner.id, name.encode())
    expect(attribute.get_type().get_class() == h5py.h5t.STRING, f"{name} is a text")
    value = owner.attrs[name]
    return value.decode() if isinstance(value, bytes) else value


def read_sorting(group):
    """HighFive reads it into an enumeration of these names; another type is an error."""
    if "sorting" not in group.attrs:
        return "none"
    kind = h5py.h5a.open(group.id, b"sorting").get_type()
    expect(kind.get_class() == h5py.h5t.ENUM, "sorting is an enumeration")
    names = {kind.get_member_name(i).decode(): kind.get_member_value(i)
             for i in range(kind.get_nmembers())}
    expect(names == SORTINGS, f"sorting has the guide's names and values, not {names}")
    return {value: name for name, value in SORTINGS.items()}[int(group.attrs["sorting"])]


def read_list(group, name, kinds):
    data = group[name]
    expect(isinstance(data, h5py.Dataset) and data.ndim == 1, f"{name} is a list")
    expect(data.dtype.kind in kinds, f"{name} is of kind {kinds}, not {data.dtype}")
    return data[:]


class SpikePopulation:
    def __init__(self, file, name):
        group = file["/spikes/" + name]
        self.node_ids = read_list(group, "node_ids", "u").astype("u8")
        self.timestamps = read_list(group, "timestamps", "f").astype("f8")
        expect(len(self.node_ids) == len(self.timestamps), "ids and times are as many")
        self.sorting = read_sorting(group)
        empty = len(self.timestamps) == 0
        if self.sorting == "by_time":  # libsonata believes it
            self.start = 0.0 if empty else self.timestamps[0]
            self.stop = 0.0 if empty else self.timestamps[-1]
        else:
            self.start = self.timestamps.min(initial=0.0) if empty else self.timestamps.min()
            self.stop = self.timestamps.max(initial=0.0)

    def get(self, start=None, stop=None):
        """Pairs of node and time, as Population::get cuts them by binary search."""
        start = self.start if start is None else start
        stop = self.stop if stop is None else stop
        expect(0 <= start <= stop, "times are positive and in order")
        if self.sorting == "by_time":
            first = np.searchsorted(self.timestamps, start - EPSILON, "left")
            end = np.searchsorted(self.timestamps, stop + EPSILON, "right")
            chosen = slice(first, end)
        else:
            chosen = (self.timestamps >= start - EPSILON) & (self.timestamps <= stop + EPSILON)
        return list(zip(self.node_ids[chosen].tolist(), self.timestamps[chosen].tolist()))


class ReportPopulation:
    def __init__(self, file, name):
        group = file["/report/" + name]
        mapping = group["mapping"]
        self.node_ids = read_list(mapping, "node_ids", "u")
        pointers = read_list(mapping, "index_pointers", "u")
        expect(len(pointers) == len(self.node_ids) + 1, "index_pointers are one more than node_ids")
        if "sorted" in mapping["node_ids"].attrs:
            ordered = bool(mapping["node_ids"].attrs["sorted"])
            expect(not ordered or np.all(np.diff(self.node_ids) > 0), "node_ids are sorted as said")
        times = read_list(mapping, "time", "f")
        expect(len(times) == 3, "time is start, stop, step")
        self.start, self.stop, self.step = times
        expect(read_text(mapping["time"], "units") == "ms", "times are in ms")
        self.units = read_text(group["data"], "units")
        self.times = np.arange(self.start, self.stop - EPSILON, self.step)
        data = group["data"]
        expect(data.ndim == 2 and data.dtype.kind == "f", "data are a table of numbers")
        expect(data.shape[0] == len(self.times), "there are as many frames as times")
        expect(pointers[-1] == data.shape[1], "the last pointer is the number of columns")
        elements = read_list(mapping, "element_ids", "u")
        expect(len(elements) == data.shape[1], "each column has an element")
        self.data = data[:]


def open_spikes(path):
    """The populations by name."""
    with h5py.File(path, "r") as file:
        return {name: SpikePopulation(file, name) for name in file["/spikes"]}


def open_report(path, name):
    with h5py.File(path, "r") as file:
        return ReportPopulation(file, name)
