#!/usr/bin/env python3
"""Reference values of integrals with weights, by closed forms in mpmath (40 digits): weighted.txt, and more of them.

    python3 make_weighted.py > weighted.txt          # 6 draws of each family, seed 1
    python3 make_weighted.py SEED DRAWS > more.txt

Rows are: family; weight; lower bound; upper bound; f as a formula; value (nan: the integral does not exist, or not by any
means at hand). Parameters are drawn as f64 and taken exactly.
"""
import random
import sys

from mpmath import (besselk, beta, ci, conj, cos, coth, diff, e1, ei, exp, gamma, gammainc, hyp1f1, hyp2f1, im,
                    log, mp, mpc, mpf, nstr, pi, re, si, sin, sqrt)

mp.dps = 40
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 1
DRAWS = int(sys.argv[2]) if len(sys.argv) > 2 else 6
R = random.Random(SEED)
ROWS = []


def size(low, high):
    return 10 ** R.uniform(low, high)


def emit(family, weight, a, b, f, value):
    value = value if isinstance(value, str) else nstr(re(value), 20, min_fixed=0, max_fixed=0)
    ROWS.append(";".join([family, weight, a if isinstance(a, str) else repr(a), b if isinstance(b, str) else repr(b), f, value]))


def part(kind, z):
    return re(z) if kind == "cos" else im(z)


# Antiderivatives of f(x) exp(iwx).
def osc_exp(p, w, x):
    z = mpc(p, w)
    return exp(z * x) / z


def osc_inverse(p, w, x):  # 1/(x+p)
    return -exp(-1j * w * p) * e1(-1j * w * (x + p))


def osc_power(p, s, w, x):  # (x+p)^s
    z = -1j * w
    return -exp(z * p) * z ** (-s - 1) * gammainc(s + 1, z * (x + p))


def osc_lorentz(m, d, w, a, b=None):
    """1/((x-m)^2+d^2) from a to b, or to infinity; m between them."""
    total = 0
    for sign in (1, -1):
        c = m + sign * 1j * d
        value = -osc_inverse(-c, w, a) + (0 if b is None else osc_inverse(-c, w, b))
        # The cut of E1 is crossed at m.
        if w * sign > 0:
            value += exp(1j * w * c) * 2j * pi * (1 if w > 0 else -1)
        total += sign * value
    return total / (2j * d)


def oscillation_on_finite_intervals():
    kind, w = R.choice(["cos", "sin"]), size(-2, 6) * R.choice([1, 1, 1, -1])
    weight = f"{kind}:{w!r}"
    a = R.choice([0.0, 0.0, R.uniform(-3, 3)])
    b = a + size(-1, 1.5)
    W, A, B = mpf(w), mpf(a), mpf(b)
    p = R.uniform(-2, 2)
    emit("osc-exp", weight, a, b, f"exp({p!r}*x)", part(kind, osc_exp(mpf(p), W, B) - osc_exp(mpf(p), W, A)))
    p = -a + size(-3, 1)
    emit("osc-pole", weight, a, b, f"1/(x+({p!r}))", part(kind, osc_inverse(mpf(p), W, B) - osc_inverse(mpf(p), W, A)))
    p, s = -a + size(-3, 1), R.choice([0.5, -0.5, 1.5, R.uniform(-2, 2)])
    value = osc_power(mpf(p), mpf(s), W, B) - osc_power(mpf(p), mpf(s), W, A)
    emit("osc-power", weight, a, b, f"(x+({p!r}))^({s!r})", part(kind, value))
    m, d = R.uniform(a, b), size(-3, 0.5)
    emit("osc-lorentz", weight, a, b, f"1/((x-({m!r}))^2+{d!r}^2)", part(kind, osc_lorentz(mpf(m), mpf(d), W, A, B)))
    q = size(-1, 2.5)
    both = [osc_exp(s * 1j * mpf(q), W, B) - osc_exp(s * 1j * mpf(q), W, A) for s in (1, -1)]
    emit("osc-cos", weight, a, b, f"cos({q!r}*x)", part(kind, sum(both) / 2))
    s, length = R.uniform(-0.9, 1.5), b - a
    value = osc_power(mpf(0), mpf(s), W, mpf(length)) + (-1j * W) ** (-mpf(s) - 1) * gamma(mpf(s) + 1)
    emit("osc-end", weight, 0.0, length, f"x^({s!r})", part(kind, value))
    m = R.uniform(a, b)
    M, z = mpf(m), 1j * W
    line = lambda x: exp(z * x) * ((x - M) / z - 1 / z**2)
    emit("osc-kink", weight, a, b, f"abs(x-({m!r}))", part(kind, line(B) - 2 * line(M) + line(A)))
    emit("osc-step", weight, a, b, f"(1+sign(x-({m!r})))/2", part(kind, osc_exp(0, W, B) - osc_exp(0, W, M)))


def resonance():
    kind, w = R.choice(["cos", "sin"]), size(-1, 3)
    a = R.choice([0.0, R.uniform(-3, 3)])
    b = a + size(-1, 1.2)
    W, A, B = mpf(w), mpf(a), mpf(b)
    q = w * (1 + R.choice([0, 0, 1, -1]) * size(-6, -0.3))
    whole = lambda z: (exp(1j * z * B) - exp(1j * z * A)) / (1j * z) if z != 0 else B - A
    both, e = (whole(W + mpf(q)) + whole(W - mpf(q))) / 2, size(-8, 0)
    emit("osc-resonant", f"{kind}:{w!r}", a, b, f"cos({q!r}*x)", part(kind, both))
    emit("osc-small", f"{kind}:{w!r}", a, b, f"1+{e!r}*cos({q!r}*x)", part(kind, whole(W) + mpf(e) * both))


def oscillation_to_infinity():
    kind, w = R.choice(["cos", "sin"]), size(-3, 4)
    weight, W = f"{kind}:{w!r}", mpf(w)
    p, a = size(-2, 2), R.choice([0.0, 0.0, R.uniform(-5, 5)])
    P, A = mpf(p), mpf(a)
    emit("inf-exp", weight, a, "inf", f"exp(-{p!r}*x)", part(kind, -osc_exp(-P, W, A)))
    q, s = -a + size(-2, 2), R.uniform(0.05, 3)
    emit("inf-pole", weight, a, "inf", f"1/(x+({q!r}))", part(kind, -osc_inverse(mpf(q), W, A)))
    emit("inf-shifted", weight, a, "inf", f"(x+({q!r}))^(-{s!r})", part(kind, -osc_power(mpf(q), -mpf(s), W, A)))
    down = part(kind, -osc_inverse(mpf(q), W, A)) * (1 if kind == "cos" else -1)
    emit("inf-down", weight, "-inf", -a, f"1/({q!r}-x)", down)
    p = size(-1.5, 1) / w
    P = mpf(p)
    emit("inf-cauchy", f"cos:{w!r}", 0.0, "inf", f"1/(1+(x/{p!r})^2)", pi * P / 2 * exp(-P * W))
    emit("inf-xcauchy", f"sin:{w!r}", 0.0, "inf", f"x/(x^2+{p!r}^2)", pi / 2 * exp(-P * W))
    emit("inf-root", f"cos:{w!r}", 0.0, "inf", f"1/sqrt(x^2+{p!r}^2)", besselk(0, P * W))
    emit("inf-gauss", f"cos:{w!r}", "-inf", "inf", f"exp(-(x/{p!r})^2)", sqrt(pi) * P * exp(-((W * P / 2) ** 2)))
    emit("inf-log", f"cos:{w!r}", 0.0, "inf", f"log(1+({p!r}/x)^2)", pi / W * (1 - exp(-P * W)))
    m = R.uniform(-5, 5)
    value = part(kind, pi / P * exp(1j * W * mpf(m) - P * W))
    emit("inf-lorentz", weight, "-inf", "inf", f"1/((x-({m!r}))^2+{p!r}^2)", value)
    s = R.uniform(0.02, 0.95)
    S = mpf(s)
    turn = sin(pi * S / 2) if kind == "cos" else cos(pi * S / 2)
    emit("inf-power", weight, 0.0, "inf", f"x^(-{s!r})", gamma(1 - S) * W ** (S - 1) * turn)
    s = R.uniform(1.02, 1.9)
    S = mpf(s)
    emit("inf-power", f"sin:{w!r}", 0.0, "inf", f"x^(-{s!r})", gamma(1 - S) * W ** (S - 1) * cos(pi * S / 2))
    emit("inf-sinc", f"sin:{w!r}", 0.0, "inf", "1/x", pi / 2)
    w = size(-1, 2)
    W, p, q = mpf(w), size(-1, 1), size(-1, 1.5)
    half = lambda z: 1 / (mpf(p) - 1j * z)
    value = part(kind, (half(W + mpf(q)) + half(W - mpf(q))) / 2)
    emit("inf-damped", f"{kind}:{w!r}", 0.0, "inf", f"exp(-{p!r}*x)*cos({q!r}*x)", value)
    value = pi / (2 * mpf(p)) * coth(pi * W / mpf(p)) - 1 / (2 * W)
    emit("inf-bose", f"sin:{w!r}", 0.0, "inf", f"1/(exp({p!r}*x)-1)", value)
    m, d = R.uniform(0, 50), size(-1, 0.7)
    w = size(-2, 0.5) / d
    value = part(kind, osc_lorentz(mpf(m), mpf(d), mpf(w), mpf(0)))
    emit("inf-bump", f"{kind}:{w!r}", 0.0, "inf", f"1/((x-({m!r}))^2+{d!r}^2)", value)


def principal_values():
    a = R.uniform(-2, 2)
    b = a + size(-1, 1)
    c = R.choice([R.uniform(a, b), a + (b - a) * size(-8, -0.5), b - (b - a) * size(-8, -0.5)])
    weight, A, B, C = f"cauchy:{c!r}", mpf(a), mpf(b), mpf(c)
    between = log((B - C) / (C - A))
    p = R.uniform(-3, 3)
    P = mpf(p)
    emit("pv-exp", weight, a, b, f"exp({p!r}*x)", exp(P * C) * (ei(P * (B - C)) - ei(P * (A - C))))
    q = -a + size(-3, 1)
    Q = mpf(q)
    emit("pv-pole", weight, a, b, f"1/(x+({q!r}))", (between - log((B + Q) / (A + Q))) / (C + Q))
    n = R.randint(0, 12)
    value = C**n * between + sum(C ** (n - k) * (B**k - A**k) / k for k in range(1, n + 1))
    emit("pv-power", weight, a, b, f"x^{n}", value)
    m, d = R.uniform(a, b), size(-3, 0.5)
    z = mpc(m, d)
    value = between / ((C - z) * (C - conj(z)))
    for one, other in ((z, conj(z)), (conj(z), z)):
        value += (log(B - one) - log(A - one)) / ((one - other) * (one - C))
    emit("pv-lorentz", weight, a, b, f"1/((x-({m!r}))^2+{d!r}^2)", value)
    q = -a + size(-3, 1)
    Q = mpf(q)
    g, t0, t1 = sqrt(C + Q), sqrt(A + Q), sqrt(B + Q)
    value = 2 * (t1 - t0) + g * (log((t1 - g) / (t1 + g)) - log((g - t0) / (g + t0)))
    emit("pv-sqrt", weight, a, b, f"sqrt(x+({q!r}))", value)
    g, t1 = sqrt(C - A), sqrt(B - A)
    emit("pv-end", weight, a, b, f"sqrt(x-({a!r}))", 2 * t1 + g * log((t1 - g) / (t1 + g)))
    q = size(0, 2)
    Q = mpf(q)
    value = cos(Q * C) * (ci(Q * (B - C)) - ci(Q * (C - A))) - sin(Q * C) * (si(Q * (B - C)) + si(Q * (C - A)))
    emit("pv-cos", weight, a, b, f"cos({q!r}*x)", value)
    m = R.uniform(a, b)
    M = mpf(m)
    line = lambda x: x + (C - M) * log(abs(x - C))
    emit("pv-kink", weight, a, b, f"abs(x-({m!r}))", line(B) - 2 * line(M) + line(A))
    emit("pv-step", weight, a, b, f"sign(x-({m!r}))", log(abs(B - C)) - 2 * log(abs(M - C)) + log(abs(A - C)))
    c = b + (b - a) * size(-6, 0)
    C = mpf(c)
    emit("pv-outside", f"cauchy:{c!r}", a, b, f"exp({p!r}*x)", exp(P * C) * (ei(P * (B - C)) - ei(P * (A - C))))


def powers_at_ends():
    al = R.choice([R.uniform(-0.999, 2), -1 + size(-3, 0), 0.0, 0.5, -0.5])
    be = R.choice([0.0, 0.0, R.uniform(-0.999, 2), -1 + size(-3, 0), -0.5, 1.0])
    logs = R.choice([(0, 0), (0, 0), (1, 0), (0, 1), (1, 1)])
    a = R.choice([0.0, R.uniform(-2, 2)])
    b = a + size(-1, 1)
    A, length = mpf(a), mpf(b) - mpf(a)
    weight = f"algebraic:{al!r},{be!r}" + ",log-lower" * logs[0] + ",log-upper" * logs[1]

    def derived(integral):
        """Logarithms are derivatives by the exponents."""
        if logs == (0, 0):
            return integral(mpf(al), mpf(be))
        mp.dps = 70
        value = diff(integral, (mpf(al), mpf(be)), logs, h=mpf(10) ** -18)
        mp.dps = 40
        return value

    p = R.uniform(-3, 3)
    P = mpf(p)
    scale = lambda u, v: length ** (u + v + 1) * beta(u + 1, v + 1)
    value = derived(lambda u, v: exp(P * A) * scale(u, v) * hyp1f1(u + 1, u + v + 2, P * length))
    emit("alg-exp", weight, a, b, f"exp({p!r}*x)", value)
    q, s = -a + size(-3, 1), R.choice([-1.0, 0.5, -0.5, R.uniform(-2, 2)])
    Q, S = mpf(q), mpf(s)
    value = derived(lambda u, v: (A + Q) ** S * scale(u, v) * hyp2f1(-S, u + 1, u + v + 2, -length / (A + Q)))
    emit("alg-power", weight, a, b, f"(x+({q!r}))^({s!r})", value)
    s = R.uniform(0.1, 1.5)
    emit("alg-end", weight, a, b, f"(x-({a!r}))^{s!r}", derived(lambda u, v: scale(u + mpf(s), v)))
    q = size(0, 2)
    if logs == (0, 0):
        whole = lambda u, v: exp(1j * mpf(q) * A) * scale(u, v) * hyp1f1(u + 1, u + v + 2, 1j * mpf(q) * length)
        emit("alg-cos", weight, a, b, f"cos({q!r}*x)", re(derived(whole)))
    m = R.uniform(a, b)
    AL, X = mpf(al), mpf(m) - A
    one = lambda x: x ** (AL + 1) / (AL + 1)
    two = lambda x: x ** (AL + 2) / (AL + 2) - X * one(x)
    emit("alg-kink", f"algebraic:{al!r},0", a, b, f"abs(x-({m!r}))", two(length) - 2 * two(X))
    emit("alg-step", f"algebraic:{al!r},0", a, b, f"sign(x-({m!r}))", one(length) - 2 * one(X))


def refused():
    w, kind, p = size(-2, 3), R.choice(["cos", "sin"]), size(-1, 1)
    fall = ["1", "x", "sqrt(x)", "ln(1+x)", f"1+1/(1+{p!r}*x)", f"{p!r}+exp(-x)", "x/(1+x)", f"x^2*(1+{p!r}*x)"]
    waves = [f"cos({p!r}*x)", "cos(x^2)", f"sin({p!r}*x)*x", f"{kind}({w!r}*x)/(1+x)"]
    for f in fall + waves:
        emit("no-fall", f"{kind}:{w!r}", 0.0, "inf", f, "nan")
    m, c, al = R.uniform(0.1, 0.9), R.uniform(0.1, 0.9), R.uniform(-0.9, 1)
    poles = [(f"{kind}:{w!r}", f"1/(x-{m!r})"), (f"{kind}:{w!r}", f"1/(x-{m!r})^2"), (f"cos:{w!r}", "1/x")]
    poles += [(f"cauchy:{c!r}", f"1/(x-{m!r})"), (f"cauchy:{c!r}", f"1/(x-{c!r})"), (f"cauchy:{c!r}", "1/x")]
    poles += [(f"algebraic:{al!r},0", f"x^(-1-{al!r})"), (f"algebraic:{al!r},0", f"1/(x-{m!r})")]
    poles += [(f"algebraic:{al!r},-0.5", "1/(1-x)^0.5")]
    for weight, f in poles:
        emit("no-pole", weight, 0.0, 1.0, f, "nan")


for draw in range(DRAWS):
    for family in (oscillation_on_finite_intervals, resonance, oscillation_to_infinity, principal_values, powers_at_ends):
        family()
    if draw % 3 == 0:
        refused()
ROWS.sort(key=lambda row: row.split(";")[0])
print(f"# Written by make_weighted.py, seed {SEED}, {DRAWS} draws: family;weight;lower;upper;f;value")
print("\n".join(ROWS))
