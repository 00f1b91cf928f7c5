from . import errors as errors
from . import schema as schema

__version__: str
