"""Who uses the CRM, how much and how well, and whether that is changing."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
