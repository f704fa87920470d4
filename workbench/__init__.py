"""The adoption workbench: who has taken up the CRM, and what helped.

The table of contents is `__init__.pyi`; a name is imported when it is first used, so that the command line answers at
once. Where a function has the name of its room, such as `moments`, the public name is the function.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
