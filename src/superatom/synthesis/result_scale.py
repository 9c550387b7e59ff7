"""A scale on which results of experiments look normally distributed.

Yields and rates are skewed: many failures below few good runs, or a few far above the rest. The
transformation of Yeo and Johnson (Biometrika 2000, 87, 954, 10.1093/biomet/87.4.954) takes either
tail in; how much is learned from the results together with the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from superatom.synthesis.conditions import Floats

__all__ = ["ResultScale"]

_LOG = 1e-6  # a power this near to 0 is the logarithm


@dataclass(frozen=True, slots=True)
class ResultScale:
    """How results are shifted, bent and scaled.

    Attributes
    ----------
    middle, spread : float
        Median of the results, and the range of their middle half.
    shape : float
        Power of Yeo and Johnson, 0 to 2: 1 leaves straight, less takes in high results, more
        takes in low ones.
    mean, deviation : float
        Of the results after that, which end with mean 0 and standard deviation 1.
    """

    middle: float
    spread: float
    shape: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, results: Floats, shape: float) -> tuple[ResultScale, Floats, float]:
        """Return the scale of some results, them on it, and ln of the slope of all together."""
        middle = float(np.median(results))
        quarters = np.percentile(results, [25.0, 75.0])
        least = max(1e-3 * float(np.ptp(results)), 1e-12 * max(1.0, abs(middle)))
        spread = max(float(quarters[1] - quarters[0]), least)
        plain = (results - middle) / spread
        bent = _bend(plain, shape)
        mean, deviation = float(bent.mean()), max(float(bent.std()), 1e-12)
        scale = cls(middle, spread, shape, mean, deviation)
        slope = (shape - 1.0) * float(np.sum(np.sign(plain) * np.log1p(np.abs(plain))))
        return scale, (bent - mean) / deviation, slope - len(results) * float(np.log(deviation))

    def restore(self, values: Floats) -> Floats:
        """Return results from values on the scale."""
        bent = np.asarray(values, dtype=float) * self.deviation + self.mean
        return np.asarray(self.middle + self.spread * _straighten(bent, self.shape))


def _bend(x: Floats, shape: float) -> Floats:
    """Return the transformation of Yeo and Johnson."""
    size = np.log1p(np.abs(x))
    return np.where(x >= 0, _power(size, shape), -_power(size, 2.0 - shape))


def _power(logs: Floats, exponent: float) -> Floats:
    """Return (e^(a l) - 1) / a."""
    return np.asarray(np.expm1(exponent * logs) / exponent if abs(exponent) > _LOG else logs)


def _straighten(y: Floats, shape: float) -> Floats:
    """Return the inverse of `_bend`."""
    return np.where(y >= 0, _root(np.maximum(y, 0), shape), -_root(np.maximum(-y, 0), 2.0 - shape))


def _root(y: Floats, exponent: float) -> Floats:
    logs = np.log1p(exponent * y) / exponent if abs(exponent) > _LOG else y
    return np.asarray(np.expm1(np.minimum(logs, 700.0)))
