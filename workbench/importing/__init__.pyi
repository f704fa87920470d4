from .draft import Draft, draft
from .shipped import Shipped, recognised, shipped

__all__ = ["Draft", "Shipped", "draft", "recognised", "shipped"]
