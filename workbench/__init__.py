"""The adoption workbench: who has taken up the CRM, and what helped.

The table of contents is `__init__.pyi`; a name is imported when it is first used, so that the command line answers at
once.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
