"""What is kept of clusters, by hand."""

from __future__ import annotations

import numpy as np
from random_panels import panel

import workbench as wb


def test_clusters_keep_the_sum_of_each_team_in_each_cell():
    table = panel(6)
    m = wb.moments(table, cluster="team")
    sums = m.clusters.deviation + m.clusters.n[:, None] * m.mean[m.clusters.cell]
    for row, (cell, team) in enumerate(zip(m.clusters.cell, m.clusters.cluster, strict=True)):
        start = None if np.isinf(m.start[cell]) else m.start[cell] + 1
        ours = table[table["team"].astype(str) == m.clusters.names[team]]
        ours = ours[ours["trained"].isna() if start is None else ours["trained"] == start]
        np.testing.assert_allclose(sums[row], ours.groupby("week")["active_days"].sum(), atol=1e-12)
