from .moments import Moments, moments
from .saved import load_moments, save_moments

__all__ = ["Moments", "load_moments", "moments", "save_moments"]
