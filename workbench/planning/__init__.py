"""What to do next: the next roll-out and its power, whom to offer help, and which actions the findings call for."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
