"""Least squares with standard errors that hold where people, or whole clusters, vary differently.

The variance is the sum of squared scores, each made up for the pull of its person (cluster) on the fit: HC2 of
MacKinnon & White (1985, Journal of Econometrics 29, 305–325) for people, CR2 of Bell & McCaffrey (2002, Survey
Methodology 28, 169–181) for clusters. That variance is itself uncertain; Bell and McCaffrey's degrees of freedom count
it, as if all errors were alike and those of a cluster had a part in common (Imbens & Kolesár 2016, Review of Economics
and Statistics 98, 701–712).

Everything happens in the P orthonormal columns Z of the design: with G = Z'Z over one cluster, its adjusted score is
(I − G)^(−1/2) Z'e, so that no matrix is larger than P × P however large the cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from workbench.errors import ContractError
from workbench.inference.layout import Floats

HIDDEN = 1e-9  # of a variance: a cluster that fits itself shows no more than this of its own
MOST = 2.5e8  # numbers held at once: columns of people, or of clusters times columns
FEW = 100  # people of an arm; fewer are a small one …
OUTNUMBERED = 3  # … where the largest has more than so many times as many
SAME = 1e-9  # of a column: what is left of it after the columns before it


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Q outcomes fitted by the same P columns.

    design : N × P; outcomes : N × Q; weights : N, in inverse proportion to the variances
    cluster : N numbers from 0, or None where people are independent
    absorbed : N numbers from 0 of blocks that differ by a constant each, of people who are independent; thousands of
        blocks then cost no more than one
    arm : N numbers from 0, or None: a small arm, of people who are independent, is not believed to vary less than all
        do, for a few people often miss what is rare
    """

    design: Floats
    outcomes: Floats
    weights: Floats
    cluster: NDArray[np.int64] | None = None
    absorbed: NDArray[np.int64] | None = None
    arm: NDArray[np.int64] | None = None

    @cached_property
    def coefficients(self) -> Floats:
        """P × Q."""
        return self._back @ (self._columns.T @ self._scaled(self.outcomes))

    @cached_property
    def covariance(self) -> Floats:
        """(P·Q) × (P·Q): of the coefficients of the first outcome on all columns, then of the second, …"""
        return self.as_seen + by_outcome(self.missed[1])

    @cached_property
    def as_seen(self) -> Floats:
        """The same, small arms varying as they do."""
        along = self.influence.reshape(len(self.influence), -1)
        return along.T @ along

    @cached_property
    def missed(self) -> tuple[NDArray[np.int64], Floats]:
        """R people of small arms, and R × Q × P: what they lack of varying as all do, on the coefficients."""
        if self.arm is None or self.cluster is not None:
            return np.zeros(0, np.int64), np.zeros((0, *self.coefficients.T.shape))
        size = np.bincount(self.arm)
        small = (size < FEW) & (size * OUTNUMBERED < size.max())
        rows = np.flatnonzero(small[self.arm])
        free = np.bincount(self.arm, 1 - (self._columns**2).sum(axis=1) - self._of_block)
        squares = _sums(self._left**2, self.arm)
        own = np.divide(squares, free[:, None], out=np.full(squares.shape, np.inf), where=free[:, None] > HIDDEN)
        short = np.sqrt(np.maximum(squares.sum(axis=0) / max(free.sum(), 1) - own, 0))[self.arm[rows]]
        return rows, short[:, :, None] * (self._columns[rows] @ self._back.T)[:, None, :]

    @property
    def left(self) -> int:
        """Degrees of freedom of the variance, if all vary alike."""
        absorbed = 0 if self.absorbed is None else len(np.unique(self.absorbed))
        people, columns = self.design.shape
        return max(int(people) - int(columns) - absorbed, 1)

    @cached_property
    def influence(self) -> Floats:
        """M × Q × P: what each person (cluster) adds to the coefficients, made up for its pull."""
        along: Floats = self._scores.transpose(0, 2, 1) @ self._back.T
        return along

    def weight_of_people(self, sums: Floats) -> Floats:
        """N × K: what people weigh in K sums of coefficients of one outcome each, (P·Q) × K, as of weights of 1."""
        weight: Floats = self._columns @ (self._back.T @ single(sums, self.outcomes.shape[1])[0])
        return weight

    def freedoms(self, sums: Floats) -> Floats:
        """Degrees of freedom of K sums of coefficients of one outcome each, (P·Q) × K.

        0 where the variance does not see all of it.
        """
        each, outcome = single(sums, self.outcomes.shape[1])
        return np.array([self._freedom(self._back.T @ each[:, k], q) for k, q in enumerate(outcome)])

    def _freedom(self, direction: Floats, outcome: int) -> float:
        """(Σ λ)² / Σ λ² over the eigenvalues of the M × M matrix of which the variance is a quadratic form.

        That matrix is diag(own) + U C U'; with errors independent within clusters U is the pull, and C is −1.
        """
        own, pull, unseen, together = self._pull(direction)
        sides, middle = pull, -np.eye(pull.shape[1])
        shared = self.shared[outcome]
        if shared > 0:
            sides = np.hstack([pull, self._ones * together[:, None]])
            middle = np.kron([[shared - 1, -shared], [-shared, 0]], np.eye(pull.shape[1]))
            middle[: pull.shape[1], : pull.shape[1]] += shared * self._ones.T @ self._ones
            own = (1 - shared) * own + shared * together**2
        around = middle @ (sides.T @ sides)
        total = own.sum() + np.trace(around)
        squares = own @ own + 2 * np.trace(middle @ (sides.T @ (sides * own[:, None]))) + np.trace(around @ around)
        if self.absorbed is not None:
            # The orthonormal columns of the blocks themselves, one number a person.
            constant = together * np.sqrt(self._of_block)
            in_block, mixed = np.bincount(self.absorbed, constant**2), _sums(constant[:, None] * pull, self.absorbed)
            total -= in_block.sum()
            squares += in_block @ in_block + 2 * (mixed**2).sum() - 2 * own @ constant**2
        if unseen > HIDDEN * (direction @ direction) or not squares > 0:
            return 0.0
        return float(total**2 / squares)

    @cached_property
    def shared(self) -> Floats:
        """Q: how much of the errors' variance people of a cluster have in common; from 0 to 1."""
        if self.cluster is None:
            return np.zeros(self.outcomes.shape[1])
        squares, sizes = (self._left**2).sum(axis=0), np.bincount(self.cluster)
        common = ((self._by_cluster @ self._left) ** 2).sum(axis=0) - squares
        pairs, n = float((sizes * (sizes - 1.0)).sum()), len(self._left)
        shared: Floats = np.clip(common / max(pairs, 1) / np.where(squares > 0, squares / n, 1), 0, 1)
        return shared

    def _pull(self, direction: Floats) -> tuple[Floats, Floats, float, Floats]:
        """What each person (cluster) does to the variance of a sum.

        Its own squared weight, M; its pull on the fit, M × P; how much of the sum rests on those who fit themselves,
        and so show no variance; and the weight of what its people have in common, M.
        """
        if self.cluster is None:
            weight = self._columns @ direction * self._made_up
            alone = (self._columns @ direction)[self._made_up == 0]
            return weight**2, self._columns * weight[:, None], float((alone**2).sum()), weight
        values, vectors = self._of_clusters
        along = vectors.transpose(0, 2, 1) @ direction
        weight = along * _made_up(values)
        pull = (vectors @ (values * weight)[:, :, None])[:, :, 0]
        alone = np.where(values > 1 - HIDDEN, along, 0)
        together = np.einsum("mp,mp->m", self._ones, (vectors @ weight[:, :, None])[:, :, 0])
        return (values * weight**2).sum(axis=1), pull, float((alone**2).sum()), together

    @cached_property
    def _ones(self) -> Floats:
        """M × P: of each cluster, its people's constant on the orthonormal columns."""
        return np.asarray(self._by_cluster @ (self._columns * np.sqrt(self.weights)[:, None]))

    @cached_property
    def _left(self) -> Floats:
        """N × Q: what the fit leaves."""
        scaled = self._scaled(self.outcomes)
        return scaled - self._columns @ (self._columns.T @ scaled)

    @cached_property
    def _scores(self) -> Floats:
        """M × P × Q: adjusted scores of people (clusters), on the orthonormal columns."""
        if self.cluster is None:
            return self._columns[:, :, None] * (self._left * self._made_up[:, None])[:, None, :]
        raw = np.stack([self._by_cluster @ (self._columns * e[:, None]) for e in self._left.T], axis=2)
        values, vectors = self._of_clusters
        scores: Floats = vectors @ (_made_up(values)[:, :, None] * (vectors.transpose(0, 2, 1) @ raw))
        return scores

    @cached_property
    def _made_up(self) -> Floats:
        """N: 1/√(1 − h), h the leverage; 0 for somebody whom the fit meets exactly."""
        return _made_up((self._columns**2).sum(axis=1) + self._of_block)

    @cached_property
    def _of_block(self) -> Floats:
        """N: the leverage that comes of the block's constant, each person's share of the weight of the block."""
        if self.absorbed is None:
            return np.zeros(len(self.weights))
        shares: Floats = self.weights / np.bincount(self.absorbed, self.weights)[self.absorbed]
        return shares

    @cached_property
    def _of_clusters(self) -> tuple[Floats, Floats]:
        """Eigenvalues, M × P, and eigenvectors, M × P × P, of G = Z'Z over each cluster."""
        z, width = self._columns, self._columns.shape[1]
        products = [self._by_cluster @ (z * z[:, [j]]) for j in range(width)]
        values, vectors = np.linalg.eigh(np.stack(products, axis=1))
        return np.clip(values, 0, 1), vectors

    @cached_property
    def _by_cluster(self) -> sparse.csr_array:
        """M × N: 1 where the person is in the cluster."""
        assert self.cluster is not None
        return sparse.csr_array((np.ones(len(self.cluster)), (self.cluster, np.arange(len(self.cluster)))))

    @cached_property
    def _factors(self) -> tuple[Floats, Floats]:
        columns, triangle = np.linalg.qr(self._scaled(self.design))
        return columns, np.linalg.inv(triangle)

    @property
    def _columns(self) -> Floats:
        """N × P: the orthonormal columns Z."""
        return self._factors[0]

    @property
    def _back(self) -> Floats:
        """P × P: coefficients on Z → coefficients on the design."""
        return self._factors[1]

    def _scaled(self, rows: Floats) -> Floats:
        if self.absorbed is not None:
            rows = within(rows, self.weights, self.absorbed)
        return rows * np.sqrt(self.weights)[:, None]


def single(sums: Floats, outcomes: int) -> tuple[Floats, NDArray[np.int64]]:
    """K sums of coefficients of one outcome each, (P·Q) × K, as P × K and which outcome."""
    each = sums.reshape(outcomes, -1, sums.shape[1])
    outcome = np.abs(each).sum(axis=1).argmax(axis=0)
    return each[outcome, :, np.arange(len(outcome))].T, outcome


def by_outcome(scores: Floats) -> Floats:
    """(P·Q) × (P·Q): sums of squares of scores, M × Q × P, of outcomes that do not vary together."""
    return linalg.block_diag(*(scores[:, q].T @ scores[:, q] for q in range(scores.shape[1])))


def within(rows: Floats, weights: Floats, block: NDArray[np.int64]) -> Floats:
    """N × P around the weighted means of blocks."""
    around: Floats = rows - (_sums(rows * weights[:, None], block) / np.bincount(block, weights)[:, None])[block]
    return around


def _sums(rows: Floats, block: NDArray[np.int64]) -> Floats:
    return np.stack([np.bincount(block, column) for column in rows.T], axis=1)


def _made_up(hidden: Floats) -> Floats:
    """1/√(1 − h), and 0 where h is 1."""
    left = 1 - hidden
    return np.divide(1, np.sqrt(np.maximum(left, HIDDEN)), out=np.zeros_like(left), where=left > HIDDEN)


def check_size(people: int, clusters: int, columns: int) -> None:
    """ContractError where a design would not fit into memory."""
    if max(people, clusters * columns) * columns > MOST:
        raise ContractError(
            f"a regression of {people:,} people has room for {int(MOST / people):,} columns, but blocks, arms and"
            f" covariates make {columns:,}.\n  Put small blocks together, or use reassigned(), which takes any number."
        )


def check_rank(design: Floats, weights: Floats, names: list[str]) -> None:
    """ContractError where a column says nothing beyond those before it."""
    triangle: Floats = np.asarray(np.linalg.qr(design * np.sqrt(weights)[:, None], mode="r"))
    own, whole = np.abs(np.diag(triangle)), np.sqrt((triangle**2).sum(axis=0))
    repeated = [name for name, a, b in zip(names, own, whole, strict=False) if a <= SAME * b or b == 0]
    if len(design) < design.shape[1] or repeated:
        what = f"first: {repeated[0]}" if repeated else f"{len(names):,} numbers from {len(design):,} people"
        raise ContractError(
            f"each covariate adds to those before it, but {max(len(repeated), 1):,} of {len(names):,} columns do not.\n"
            f"  {what}\n  Leave out covariates that repeat others, or hardly vary within an arm."
        )
