"""What a programme did: estimators, their checks and their bounds, all from moments."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
