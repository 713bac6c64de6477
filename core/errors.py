"""Every error that Gridlens raises on purpose.

Tree::

    GridlensError
    ├── InputError              what a person gave is not what was asked for
    │   ├── PhotoError          a file is not a photo that can be read
    │   ├── ArrayShapeError     an array has another shape, dtype or range
    │   ├── ConfigError         a config file, filter or parameter is wrong
    │   └── NotFoundError       a photo, model, layer or dataset of that name does not exist
    ├── StoreError              the store cannot do it now (disk full, database locked)
    ├── ModelError              a model folder is incomplete or disagrees with itself
    ├── RenderError             a scene cannot be rendered on this machine
    └── StoppedError            long work ended early because someone asked it to

Messages say what was expected, what came, and what to do. Pages show them as they are;
the API turns InputError into status 4xx and the rest into 5xx. Anything else is a bug.
"""


class GridlensError(Exception):
    """Base of all errors raised on purpose. ``str(error)`` is fit to show to a person."""


class InputError(GridlensError):
    """What a person gave is not what was asked for."""


class PhotoError(InputError):
    """A file is not a photo that can be read. The message starts with the file's name."""


class ArrayShapeError(InputError):
    """An array has another shape, dtype or range than the function takes."""


class ConfigError(InputError):
    """A config file, a filter expression or a parameter is wrong."""


class NotFoundError(InputError):
    """Nothing of that name exists. The message names the nearest things that do."""


class StoreError(GridlensError):
    """The store cannot do it now: disk full, database locked, folder not writable."""


class ModelError(GridlensError):
    """A model folder is incomplete, or its parts disagree."""


class RenderError(GridlensError):
    """A scene cannot be rendered on this machine."""


class StoppedError(GridlensError):
    """Long work ended early because someone asked it to; what was finished is kept."""
