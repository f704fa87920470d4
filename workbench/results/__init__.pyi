from .estimates import Estimates
from .privacy import note, said, shown
from .side_by_side import side_by_side
from .words import day

__all__ = ["Estimates", "day", "note", "said", "shown", "side_by_side"]
