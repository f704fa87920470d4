from .crm import write
from .tiny import tiny_crm

__all__ = ["tiny_crm", "write"]
