from .desk import Desk
from .views import VIEWS, View, bars
from .widget import screen

__all__ = ["VIEWS", "Desk", "View", "bars", "screen"]
