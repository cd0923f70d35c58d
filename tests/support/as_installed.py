"""Run tests against the wheel: `pytest -p tests.support.as_installed` takes `bot` and `index` for those of `pullquote`.

The wheel's packages must be on the path, unpacked; the tests keep the names of the repository.
"""

import importlib
import pkgutil
import sys

import pullquote

sys.path[:] = [place for place in sys.path if place]
for found in pkgutil.walk_packages(pullquote.__path__, "pullquote."):
    if not found.name.endswith(".__main__"):
        module = importlib.import_module(found.name)
        name = found.name.removeprefix("pullquote.")
        sys.modules[name] = module
        if "." in name:
            setattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2], module)
assert sys.modules["index"].__name__ == "pullquote.index"
