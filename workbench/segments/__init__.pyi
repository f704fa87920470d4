from .movement import CLOSE, SLIPPING, Edge, beside, can_be_seen, movers, transitions
from .patterns import Patterns, enough, paths, patterns, with_patterns
from .usage import Segment, definitions, segment_shares, usage_segments

__all__ = [
    "CLOSE",
    "SLIPPING",
    "Edge",
    "Patterns",
    "Segment",
    "beside",
    "can_be_seen",
    "definitions",
    "enough",
    "movers",
    "paths",
    "patterns",
    "segment_shares",
    "transitions",
    "usage_segments",
    "with_patterns",
]
