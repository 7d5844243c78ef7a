"""Runs the examples of docs/reading-results.md, each as it stands there."""
import os
import re
import shutil
import subprocess
import sys
import unittest

from running import PROGRAM, QUICK, ROOT, RunCase

BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.M | re.S)


def examples():
    with open(os.path.join(ROOT, "docs/reading-results.md")) as file:
        return BLOCK.findall(file.read())


class Examples(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_program(*QUICK)
        os.symlink(os.path.join(ROOT, "python"), os.path.join(cls.folder, "python"))
        os.symlink(PROGRAM, os.path.join(cls.folder, "hillock"))

    def run_example(self, command):
        paths = os.pathsep.join((self.folder, os.environ["PATH"]))
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, PATH=paths))
        self.assertEqual(done.returncode, 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_examples_are_found(self):
        self.assertGreaterEqual(len(examples()), 6)

    def test_examples_in_python_run(self):
        for kind, text in examples():
            if kind == "python":
                self.run_example([sys.executable, "-c", text])

    def test_examples_of_the_shell_run(self):
        for kind, text in examples():
            if kind != "sh":
                continue
            if "h5dump" in text and not shutil.which("h5dump"):
                continue
            self.run_example(["sh", "-e", "-c", text])

    def test_the_first_example_tells_what_it_says(self):
        kind, text = examples()[0]
        said = self.run_example([sys.executable, "-c", text])
        self.assertRegex(said, r"^\d+ spikes of 100 neurons in [\d.]+ ms; [\d.]+ Hz\n")
        self.assertRegex(said, r"\naccuracy 0\.\d+\n")
        self.assertRegex(said, r"\nname: quickstart\n")

    @unittest.skipUnless(shutil.which("h5dump"), "no h5dump here (hdf5-tools)")
    def test_weights_as_bytes_are_as_many_as_said(self):
        for kind, text in examples():
            if "weights.f32" in text:
                self.run_example(["sh", "-e", "-c", text])
        self.assertEqual(os.path.getsize(os.path.join(self.folder, "weights.f32")), 784 * 100 * 4)


if __name__ == "__main__":
    unittest.main()
