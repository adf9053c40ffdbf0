"""Reference values for the statistics in src/analytics, from outside packages.

    python make_reference.py            writes *.reference.json beside this file
    python make_reference.py --check    computes them anew and compares with what is stored (1e-9 relative)

Needs numpy, scipy, pandas, statsmodels, arch and mpmath, in an environment of their own; nothing else in the project
needs Python. Each file holds the versions it was made with. Inputs are not stored: both sides compute them with the
generator below, whose every step is exact in double precision. Where a package is known to be wrong, the values
come from arithmetic with 60 digits instead, and the key says `exact`.
"""

import itertools
import json
import math
import pathlib
import sys
import warnings

import arch
import mpmath as mp
import numpy as np
import pandas as pd
import scipy
import scipy.cluster.hierarchy as hierarchy
import scipy.stats as st
import statsmodels
import statsmodels.api as sm
from arch.unitroot import ADF
from statsmodels.regression.rolling import RollingOLS
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.adfvalues import mackinnoncrit, mackinnonp
from statsmodels.tsa.stattools import acf, adfuller, coint
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

warnings.filterwarnings("ignore")
mp.mp.dps = 60
HERE = pathlib.Path(__file__).parent


# --- inputs, the same numbers as tests/analytics/support/reference.ts ---------------------------------------------

def uniforms(seed, n):
    """A 32-bit linear congruential generator, as fractions of 2**32."""
    state, out = seed, []
    for _ in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(state / 2**32)
    return out


def noise(seed, n):
    """Roughly standard normal: twelve uniforms less six, kept to multiples of 2**-32."""
    u = uniforms(seed, 12 * n)
    return np.array([sum(u[12 * i:12 * i + 12]) - 6 for i in range(n)])


def walk(seed, n, start=100.0):
    """Running sums of noise: exact, since every term is a multiple of 2**-32."""
    out, level = [], start
    for step in noise(seed, n):
        level += step
        out.append(level)
    return np.array(out)


def pair(seed, n, beta=0.75, alpha=2.0, phi=0.875):
    """Two cointegrated series: y = alpha + beta x + an autoregression."""
    x, e, s, y = walk(seed, n), noise(seed + 1, n), 0.0, []
    for t in range(n):
        s = phi * s + e[t]
        y.append(alpha + beta * x[t] + s)
    return np.array(y), x


# --- families -----------------------------------------------------------------------------------------------------

def distributions():
    def t_cdf(t, v):
        t, v = mp.mpf(t), mp.mpf(v)
        tail = mp.betainc(v / 2, mp.mpf(1) / 2, 0, v / (v + t * t), regularized=True) / 2
        return tail if t < 0 else 1 - tail

    def chi2_tails(x, k):
        a, h = mp.mpf(k) / 2, mp.mpf(x) / 2
        return mp.gammainc(a, 0, h, regularized=True), mp.gammainc(a, h, mp.inf, regularized=True)

    def f_tails(x, a, b):
        x, a, b = mp.mpf(x), mp.mpf(a), mp.mpf(b)
        upper = mp.betainc(b / 2, a / 2, 0, b / (b + a * x), regularized=True)
        return 1 - upper, upper

    return {
        "normal": [[x, mp.ncdf(x)] for x in (-37, -20, -8, -3, -1.96, -1, -0.5, -1e-8, 0, 1e-8, 0.3, 1, 2.5, 5, 8)],
        "student": [[t, v, t_cdf(t, v)] for t in (-300, -8, -3, -1, -0.1, -1e-6, 0.5, 2, 6)
                    for v in (1, 2, 3.5, 10, 100, 1998, 100000)],
        "chiSquared": [[x * k, k, *chi2_tails(x * k, k)] for k in (1, 2, 3, 7.5, 20, 100, 1000)
                       for x in (0.001, 0.25, 0.5, 1, 1.5, 3, 8)],
        "f": [[x, a, b, *f_tails(x, a, b)] for x in (0.0625, 0.5, 1, 2, 5, 30) for a in (1, 2, 5, 30)
              for b in (3, 10, 97, 2000)],
    }


def fit_values(fit):
    ci = fit.conf_int(0.05)
    return {"params": fit.params, "errors": fit.bse, "t": fit.tvalues, "p": fit.pvalues, "low": ci[:, 0], "high": ci[:, 1]}


def exact_ols(y, columns, hac=None):
    """Least squares with an intercept, and its classical and Newey-West errors, in 60 digits."""
    n, X = len(y), mp.matrix([[mp.mpf(1)] + [mp.mpf(float(c[i])) for c in columns] for i in range(len(y))])
    Y = mp.matrix([mp.mpf(float(v)) for v in y])
    inverse = (X.T * X) ** -1
    beta = inverse * (X.T * Y)
    u = Y - X * beta
    k = X.cols
    s2 = sum(v * v for v in u) / (n - k)
    out = {"params": list(beta), "errors": [mp.sqrt(s2 * inverse[j, j]) for j in range(k)]}
    if hac is not None:
        S = mp.zeros(k)
        for lag in range(hac + 1):
            w = 1 - mp.mpf(lag) / (hac + 1)
            for t in range(lag, n):
                g = u[t] * u[t - lag] * (X[t, :].T * X[t - lag, :])
                S += w * (g if lag == 0 else g + g.T)
        C = inverse * S * inverse
        out["hac"] = [mp.sqrt(C[j, j]) for j in range(k)]
    return out


def regression():
    out = {"ols": []}
    y, x = pair(11, 60)
    x2 = noise(13, 60)
    for columns in ([x], [x, x2]):
        for intercept in (True, False):
            X = np.column_stack([np.ones(60)] * intercept + columns)
            for kind, kw in [("classical", {}), ("HC0", {}), ("HC1", {}), ("HC2", {}), ("HC3", {}), ("HAC", {"maxlags": 4})]:
                fit = sm.OLS(y, X).fit(cov_type="nonrobust" if kind == "classical" else kind, cov_kwds=kw or None, use_t=True)
                out["ols"].append({"regressors": len(columns), "intercept": intercept, "kind": kind, **fit_values(fit),
                                   "rSquared": fit.rsquared, "residualStd": math.sqrt(fit.scale)})
    out["exactAtOffset"] = exact_ols(y, [x + 1e9], hac=4)

    y, x = pair(21, 150)
    at = [19, 20, 40, 41, 77, 120, 149]
    rolling = RollingOLS(y, sm.add_constant(x), 20).fit()
    origin = RollingOLS(y, x[:, None], 20).fit()
    prefix = [sm.OLS(y[:t + 1], sm.add_constant(x[:t + 1])).fit() for t in at]
    through = [sm.OLS(y[:t + 1], x[:t + 1]).fit() for t in at]
    out["rolling"] = {"at": at, "params": rolling.params[at], "errors": rolling.bse[at],
                      "origin": origin.params[at, 0], "originErrors": origin.bse[at, 0],
                      "expanding": [f.params for f in prefix], "expandingErrors": [f.bse for f in prefix],
                      "expandingOrigin": [f.params[0] for f in through], "expandingOriginErrors": [f.bse[0] for f in through]}
    return out


def lines():
    y, x = pair(31, 200)
    y = y + np.where(np.arange(200) % 17 == 0, 40 * noise(33, 200), 0)
    A = mp.matrix([[sum((mp.mpf(a) - mp.fsum(p) / 200) * (mp.mpf(b) - mp.fsum(q) / 200) for a, b in zip(p, q))
                    for q in (x.tolist(), y.tolist())] for p in (x.tolist(), y.tolist())])
    values, vectors = mp.eigsy(A)
    beta = vectors[1, 1] / vectors[0, 1]
    out = {"tls": {"beta": beta, "alpha": mp.fsum(y.tolist()) / 200 - beta * mp.fsum(x.tolist()) / 200}}
    for intercept in (True, False):
        X = np.column_stack([np.ones(200), x]) if intercept else x[:, None]
        r = sm.RLM(y, X, M=sm.robust.norms.HuberT()).fit(maxiter=2000, tol=1e-15, conv="coefs")
        out["huber" if intercept else "huberOrigin"] = {"params": r.params, "errors": r.bse, "scale": r.scale}
    tied = np.round(x)
    for name, xs in (("theilSen", x), ("theilSenTies", tied)):
        s = st.theilslopes(np.round(y) if xs is tied else y, xs)
        out[name] = {"beta": s.slope, "alpha": s.intercept, "low": s.low_slope, "high": s.high_slope}
    return out


def state_space(y, design, noise_variance, steps, start):
    k = len(steps)
    kf = KalmanFilter(1, k)
    kf.bind(y)
    kf["design"] = design[None]
    kf["obs_cov", 0, 0] = noise_variance
    kf["transition"], kf["selection"], kf["state_cov"] = np.eye(k), np.eye(k), np.diag(steps)
    if start is None:
        kf.initialize(Initialization(k, "diffuse"))
    else:
        mean, variance = start
        kf.initialize_known(np.array(mean), np.diag(np.array(variance)) + np.diag(steps))
    return kf.filter()


def exact_diffuse(y, x, noise_variance, steps):
    """The two-state filter from a prior of variance 10**80, in 200 digits: the limit, to 60."""
    with mp.workdps(200):
        kappa, q = mp.mpf(10) ** 80, [mp.mpf(v) for v in steps]
        a, b, p00, p01, p11, r, ll, seen = mp.mpf(0), mp.mpf(0), kappa, mp.mpf(0), kappa, mp.mpf(noise_variance), mp.mpf(0), 0
        for v, u in zip(y.tolist(), x.tolist()):
            v, u = mp.mpf(v), mp.mpf(u)
            p00, p11 = p00 + q[0], p11 + q[1]
            m0, m1 = p00 + u * p01, p01 + u * p11
            F, e = m0 + u * m1 + r, v - a - b * u
            a, b = a + m0 / F * e, b + m1 / F * e
            p00, p01, p11 = p00 - m0 * m0 / F, p01 - m0 * m1 / F, p11 - m1 * m1 / F
            ll -= (mp.log(2 * mp.pi) + mp.log(F) + e * e / F) / 2
        return {"alpha": a, "beta": b, "betaVariance": p11, "logLikelihood": ll + mp.log(kappa)}


def kalman():
    n, at = 80, [5, 6, 7, 8, 20, 21, 40, 79]
    y, x = pair(41, n)
    x = (x - 100) / 4 + 1
    y = y / 8
    gaps = y.copy()
    gaps[[7, 8, 30]] = np.nan
    steps, r = [2 ** -9, 2 ** -12], 0.5
    design = np.stack([np.ones(n), x])
    out = {"at": at}
    for name, series, start in (("diffuse", gaps, None), ("prior", gaps, ([0.5, 0.25], [1.0, 0.5]))):
        f = state_space(series, design, r, steps, start)
        out[name] = {"alpha": f.filtered_state[0, at], "beta": f.filtered_state[1, at],
                     "alphaVariance": f.filtered_state_cov[0, 0, at], "betaVariance": f.filtered_state_cov[1, 1, at],
                     "covariance": f.filtered_state_cov[0, 1, at], "innovation": f.forecasts_error[0, at],
                     "innovationVariance": f.forecasts_error_cov[0, 0, at], "logLikelihood": f.llf}
    f = state_space(gaps, x[None], r, [2 ** -9], ([0.5], [1.0]))
    out["ratio"] = {"beta": f.filtered_state[0, at], "betaVariance": f.filtered_state_cov[0, 0, at],
                    "innovation": f.forecasts_error[0, at], "innovationVariance": f.forecasts_error_cov[0, 0, at],
                    "logLikelihood": f.llf}
    y, x = pair(43, 60)
    # statsmodels' exact diffuse filter does not end its diffuse phase on x that differ little beside their size
    out["exactFarFromZero"] = exact_diffuse(y, x + 1000, r, steps)
    return out


def z_scores():
    x = walk(51, 300)
    at = [14, 15, 29, 30, 100, 250, 299]
    s = pd.Series(x)
    roll = s.rolling(15)
    ew = s.ewm(halflife=7.5)
    gaps = s.copy()
    gaps[[50, 51, 120]] = np.nan
    ewg = gaps.ewm(halflife=7.5)
    median = roll.median()
    mad = roll.apply(lambda v: np.median(np.abs(v - np.median(v))), raw=True)
    hard = np.array([1e9 + v / 64 for v in np.round(noise(52, 60) * 64)])
    exact = []
    for t in range(14, 60):
        view = [mp.mpf(v) for v in hard[t - 14:t + 1].tolist()]
        m = mp.fsum(view) / 15
        exact.append((view[-1] - m) / mp.sqrt(mp.fsum([(v - m) ** 2 for v in view]) / 14))
    return {"at": at, "rolling": ((s - roll.mean()) / roll.std())[at].values,
            "ew": ((s - ew.mean()) / ew.std())[at].values, "ewGaps": ((gaps - ewg.mean()) / ewg.std())[at].values,
            "robust": ((s - median) / (mad / st.norm.ppf(0.75)))[at].values,
            "correlation": s.rolling(15).corr(pd.Series(walk(53, 300)))[at].values,
            "exactAtOffset": exact}


def exact_adf(series, lags, trend):
    """t of the lagged level in 60 digits."""
    v = [mp.mpf(float(q)) for q in series]
    d = [v[i] - v[i - 1] for i in range(1, len(v))]
    rows = range(lags, len(d))
    terms = 0 if trend == "n" else len(trend)
    X = mp.matrix([[mp.mpf(t) ** k for k in range(terms)] + [d[t - j - 1] for j in range(lags)] + [v[t]] for t in rows])
    Y = mp.matrix([d[t] for t in rows])
    inverse = (X.T * X) ** -1
    beta = inverse * (X.T * Y)
    u = Y - X * beta
    last = X.cols - 1
    return beta[last] / mp.sqrt(sum(q * q for q in u) / (len(Y) - X.cols) * inverse[last, last])


def unit_root():
    out = {"adf": [], "engleGranger": [], "p": [], "critical": []}
    for seed, n in ((61, 30), (62, 101), (63, 500)):
        y, x = pair(seed, n)
        for trend in ("n", "c", "ct", "ctt"):
            for lags in ("AIC", "BIC", "t-stat", 0, 3):
                kw = {"autolag": lags} if isinstance(lags, str) else {"autolag": None, "maxlag": lags}
                stat, p, used, nobs, critical = adfuller(y - x, regression=trend, **kw)[:5]
                other = ADF(y - x, trend=trend, lags=used).stat
                assert abs(stat / other - 1) < 1e-9, "statsmodels and arch disagree"
                out["adf"].append({"seed": seed, "n": n, "trend": trend, "lags": lags, "statistic": stat, "p": p, "used": used,
                                   "nobs": nobs, "critical": [critical[k] for k in ("1%", "5%", "10%")]})
                if trend == "n":
                    continue
                if "autolag" in kw and kw["autolag"]:
                    kw["autolag"] = kw["autolag"].lower()
                stat, p, _ = coint(y, x, trend=trend, **kw)
                out["engleGranger"].append({"seed": seed, "n": n, "trend": trend, "lags": lags, "statistic": stat, "p": p})
    for trend in ("n", "c", "ct", "ctt"):
        for N in range(1, 7):
            for tau in (-25, -15, -6, -4, -3.2, -2.5, -1.5, -0.5, 0.4, 1, 3):
                out["p"].append([trend, N, tau, mackinnonp(tau, trend, N)])
            if trend != "n" or N == 1:
                for nobs in (20, 100, 2500):
                    out["critical"].append([trend, N, nobs, *mackinnoncrit(N, trend, nobs)])
    y, x = pair(61, 30)
    out["exactAtOffset"] = [{"trend": trend, "lags": lags, "statistic": exact_adf(y - x + 2.0 ** 30, lags, trend)}
                            for trend in ("c", "ct", "ctt") for lags in (0, 2)]
    return out


def dynamics():
    y, x = pair(71, 400)
    s = y - 0.75 * x
    ar = sm.OLS(s[1:], sm.add_constant(s[:-1])).fit()
    lags = np.arange(1, 41)
    moves = [math.sqrt(np.mean((s[k:] - s[:-k]) ** 2)) for k in lags]
    r = acf(s, nlags=12, fft=False)
    lb = acorr_ljungbox(s, lags=[10], model_df=1)
    jb = st.jarque_bera(np.diff(x) ** 3)
    return {"phi": ar.params[1], "phiError": ar.bse[1], "hurst": np.polyfit(np.log(lags), np.log(moves), 1)[0], "acf": r,
            "ljungBox": [lb["lb_stat"].iloc[0], lb["lb_pvalue"].iloc[0]],
            "jarqueBera": [jb.statistic, jb.pvalue, st.skew(np.diff(x) ** 3), st.kurtosis(np.diff(x) ** 3, fisher=False)]}


def correlation():
    n, k = 120, 8
    base = [noise(80 + i, n) for i in range(4)]
    columns = [base[i % 4] + 0.5 * noise(90 + i, n) for i in range(k)]
    columns[5] = np.round(columns[5])
    columns[6] = np.round(columns[6])
    out = {}
    for name, f in (("pearson", st.pearsonr), ("spearman", st.spearmanr), ("kendall", st.kendalltau)):
        out[name] = [[f(a, b).statistic for b in columns] for a in columns]
    d = 1 - np.array(out["pearson"])
    flat = d[np.triu_indices(k, 1)]
    tree = hierarchy.linkage(flat, "average")
    # scipy's optimal_leaf_ordering stops at 3.5037 on this tree, so every order of it is tried instead
    shortest = math.inf
    for flips in itertools.product((False, True), repeat=k - 1):
        laid = {i: [i] for i in range(k)}
        for j, (a, b, _, _) in enumerate(tree):
            left, right = laid[int(a)], laid[int(b)]
            laid[k + j] = right + left if flips[j] else left + right
        leaves = laid[2 * k - 2]
        shortest = min(shortest, sum(d[leaves[i], leaves[i + 1]] for i in range(k - 1)))
    out["heights"] = tree[:, 2]
    out["path"] = shortest
    return out


FAMILIES = [distributions, regression, lines, kalman, z_scores, unit_root, dynamics, correlation]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (np.integer, int)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (float, np.floating, mp.mpf)):
        number = float(value)
        return None if math.isnan(number) else number
    return value


def differences(path, new, old):
    if isinstance(new, dict):
        return [d for key in new for d in differences(f"{path}.{key}", new[key], old.get(key))]
    if isinstance(new, list):
        return [d for i, v in enumerate(new) for d in differences(f"{path}[{i}]", v, old[i])]
    if isinstance(new, float) and isinstance(old, (int, float)):
        return [] if abs(new - old) <= 1e-9 * max(abs(old), 1e-6) else [f"{path}: {new} now, {old} stored"]
    return [] if new == old else [f"{path}: {new} now, {old} stored"]


def main():
    made_with = {"python": sys.version.split()[0], **{m.__name__: m.__version__ for m in (np, scipy, pd, statsmodels, arch, mp)}}
    wrong = []
    for family in FAMILIES:
        name = family.__name__.replace("_", "-")
        file = HERE / f"{name}.reference.json"
        values = plain(family())
        if "--check" in sys.argv:
            wrong += differences(name, values, json.loads(file.read_text())["values"])
        else:
            file.write_text(json.dumps({"madeWith": made_with, "values": values}, separators=(",", ":")) + "\n")
    print("\n".join(wrong) or ("the stored values stand" if "--check" in sys.argv else "written"))
    sys.exit(1 if wrong else 0)


main()
