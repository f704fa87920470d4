"""What people answer and write: scales and their reliability, barriers by group, themes of comments."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
