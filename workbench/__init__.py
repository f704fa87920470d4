"""The adoption workbench: who has taken up the CRM, and what helped.

The table of contents is `__init__.pyi`; a name is imported when it is first used, so that the command line answers at
once.
"""

import sys
from types import ModuleType
from typing import Any

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


class _Contents(ModuleType):
    """A package in which `wb.moments` is always the function, also once the room of that name has been entered."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in __all__):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Contents
