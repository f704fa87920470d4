from . import attrition, colleagues, costs, gaming, incentives, leaders, outcomes, signs, trainings

__all__ = ["attrition", "colleagues", "costs", "gaming", "incentives", "leaders", "outcomes", "signs", "trainings"]
