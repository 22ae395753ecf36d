#!/usr/bin/env python3
"""The values of everyday.tsv, by mpmath to 20 digits.

    python3 make_everyday.py everyday.tsv > again.tsv          # some minutes

Formulas, bounds and the last column are read from the file; the values alone are computed anew, so that a row may be
added with any value. An integral is cut where a branch changes (abs, max, min, floor, sign, if), and summed over panels
by double-exponential quadrature in 60 digits; twice as many panels each time, until two sums agree to 22 digits. What
this does not do (oscillations without end) is in CLOSED, by its closed form. A row that neither does is an error.
"""
import re
import sys

import mpmath as mp
from mpmath import inf, mpf, pi

mp.mp.dps = 60
DIGITS = 20
# Of the variable next to an end: singularities up to x^-0.9 are smooth in it.
POWER = 20
AGREE = mpf(10) ** -22

# Which branches the last evaluation took.
BRANCHES = []


def took(branch):
    BRANCHES.append(branch)
    return branch


SAME = "sin cos tan asin acos atan sinh cosh tanh exp sqrt erf erfc gamma cot sec csc sech csch"
NAMES = {name: getattr(mp, name) for name in SAME.split()}
NAMES |= {
    "pi": pi,
    "e": mp.e,
    "inf": inf,
    "ln": mp.log,
    "lgamma": mp.loggamma,
    "abs": lambda x: x if took(x >= 0) else -x,
    "max": lambda x, y: x if took(x >= y) else y,
    "min": lambda x, y: x if took(x <= y) else y,
    "floor": lambda x: mpf(took(int(mp.floor(x)))),
    "sign": lambda x: 1 if took(x >= 0) else -1,
    "choose": lambda condition, x, y: x() if took(bool(condition)) else y(),
}


def compiled(formula):
    """The formula as a function; of an if only the branch that is taken is evaluated."""
    numbers = []

    def number(match):
        # The same number in any precision.
        numbers.append(mpf(match[1]))
        return f"n[{len(numbers) - 1}]"

    text = re.sub(r"(?<![\w.])(\d+\.?\d*(e-?\d+)?)", number, formula.replace("^", "**"))
    text = re.sub(r"if\(([^,]*),([^,]*),([^,]*)\)$", r"choose(\1, lambda: \2, lambda: \3)", text)
    return eval(f"lambda x: {text}", {**NAMES, "n": numbers})


def branches(f, x):
    BRANCHES.clear()
    try:
        f(x)
    except ZeroDivisionError:
        pass
    return tuple(BRANCHES)


def points(a, b, count):
    """Points from a to b, equally spaced in a variable that reaches infinite ends."""
    for k in range(count):
        t = mpf(2 * k + 1) / count - 1
        if a == -inf and b == inf:
            yield t / (1 - t * t)
        elif b == inf:
            yield a + (1 + t) / (1 - t)
        elif a == -inf:
            yield b - (1 - t) / (1 + t)
        else:
            yield a + (b - a) * (1 + t) / 2


def cuts(f, a, b):
    """The places at which a branch changes."""
    looked = list(points(a, b, 4000))
    found = []
    for low, high in zip(looked, looked[1:]):
        before = branches(f, low)
        if not before:
            return []
        if before != branches(f, high):
            # Next to 0 there is always a number between.
            while low < (middle := (low + high) / 2) < high and high - low > mpf(10) ** -200:
                if branches(f, middle) == before:
                    low = middle
                else:
                    high = middle
            found.append(high)
    return found


def next_to(f, end, other):
    """The integral from an end, which may be singular or infinite, to a place: by a power of a variable on [0, 1]."""
    if mp.isinf(end):
        # Of an exponential nothing is left there, and numbers beyond are too large for its argument.
        if max(abs(f(other)), abs(f(1.37 * other))) < mpf(10) ** -60:
            return 0
        return mp.quad(lambda t: f(other / t**POWER) * POWER * abs(other) / t ** (POWER + 1), [0, 1])

    def value(t):
        # Nothing that counts is left below.
        if t**POWER < mpf(10) ** -240:
            return 0
        # So many digits more that none is lost to a difference, as of (x - sin x)/x^3.
        with mp.workdps(mp.mp.dps - 3 * POWER * min(int(mp.log10(t)), 0)):
            distance = (other - end) * t**POWER
            return f(end + distance) * POWER * abs(distance) / t

    return mp.quad(value, [0, 1])


def part(f, low, high, n):
    """The integrals over some panels."""
    if not mp.isinf(low) and not mp.isinf(high):
        places = [low + (high - low) * k / (8 * n) for k in range(1, 8 * n)]
    else:
        # Panels in geometric progression from the finite end.
        sign, end = (1, low) if mp.isinf(high) else (-1, high)
        places = [end + sign * mpf(2) ** (mpf(k) / n) for k in range(-6 * n, 12 * n)][::sign]
    inside = [mp.quad(f, pair) for pair in zip(places, places[1:])]
    return [next_to(f, low, places[0]), *inside, next_to(f, high, places[-1])]


def numeric(f, a, b):
    # mp.quad ends at an absolute error.
    size = max(abs(f(x)) for x in points(a, b, 100))
    scaled = lambda x: f(x) / size
    ends = [a] + cuts(f, a, b) + [b]
    if a == -inf and b == inf and len(ends) == 2:
        ends = [a, mpf(0), b]
    before = None
    for n in (1, 2, 4, 8, 16, 32):
        parts = [value for low, high in zip(ends, ends[1:]) for value in part(scaled, low, high, n)]
        now = mp.fsum(parts)
        if abs(now) < mpf(10) ** -30 * mp.fsum(parts, absolute=True):
            now = mpf(0)
        if before is not None and abs(now - before) <= AGREE * abs(now):
            return now * size
        before = now
    raise ValueError(f"{mp.nstr(now, 25)} is not certain")


# Oscillations whose amplitude is a power of x, a tail that is none, and a peak far out; by formula and lower bound.
CLOSED = {
    ("sin(x)/x", "0"): pi / 2,
    ("sin(x)/x", "-inf"): pi,
    ("sin(x)^2/x^2", "0"): pi / 2,
    ("sin(x)^2/x^2", "-inf"): pi,
    ("sin(x)^3/x^3", "0"): 3 * pi / 8,
    ("(1-cos(x))/x^2", "0"): pi / 2,
    ("cos(x)/(1+x^2)", "0"): pi / 2 / mp.e,
    ("cos(x)/(1+x^2)", "-inf"): pi / mp.e,
    ("cos(3*x)/(x^2+4)", "-inf"): pi / 2 * mp.exp(-6),
    ("x*sin(x)/(1+x^2)", "0"): pi / 2 / mp.e,
    ("sin(x)/(x*(1+x^2))", "0"): pi / 2 * (1 - 1 / mp.e),
    ("cos(x^2)", "0"): mp.sqrt(pi / 8),
    ("sin(x^2)", "0"): mp.sqrt(pi / 8),
    ("cos(x)/sqrt(x)", "0"): mp.sqrt(pi / 2),
    ("sin(x)/sqrt(x)", "0"): mp.sqrt(pi / 2),
    ("sin(x)^2/(x^2*(1+x^2))", "0"): pi / 2 - pi / 4 * (1 - mp.exp(-2)),
    ("x/(x^2+1)*sin(2*x)", "0"): pi / 2 * mp.exp(-2),
    ("sin(x)/(x^2+1)", "0"): (mp.ei(1) / mp.e - mp.e * mp.ei(-1)) / 2,
    ("1/(x*ln(x)^2)", "2"): 1 / mp.log(2),
    ("1/(1+(x-1000)^2)", "-inf"): pi,
}


def value(formula, lower, upper):
    if upper == "inf" and (formula, lower) in CLOSED:
        return +CLOSED[formula, lower]
    return numeric(compiled(formula), compiled(lower)(0), compiled(upper)(0))


def main():
    for line in open(sys.argv[1]):
        if not line.startswith("#"):
            fields = line.rstrip("\n").split("\t")
            found = value(*fields[:3])
            fields[3] = mp.nstr(found, DIGITS) if found else "0"
            line = "\t".join(fields) + "\n"
        print(line, end="", flush=True)


if __name__ == "__main__":
    main()
