"""Writes src/rule/cubature_data.rs: fully symmetric rules for boxes, computed to 60 digits and rounded once.

    python3 tests/data/make_cubature.py [OUT]      needs mpmath (pip install mpmath); `--text` prints the orbits

Degree 9 in 3 to 12 dimensions, on nodes that do not depend on the dimension. The weights are solved from the
moments of even powers: with s = x², a fully symmetric rule sees the mean of s^i t^j …, which is 1/((2i+1)(2j+1)…). The
free parameter was chosen for a small sum of the sizes of weights: z = 0.471 is within 4 % of the least in every dimension.

Checked before anything is written: each rule is exact for all monomials up to its degree, and not for all of the next even
one; all nodes are within the box; the inverse of the matrix for the components along an axis is one.
"""
import itertools
import os
import sys
from math import comb

import mpmath as mp

mp.mp.dps = 60
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "rule")
MOST = 12
# The square of the free coordinate, and those of the rule of degree 7 on an axis.
Z = mp.mpf("0.471")
SEVENTH = [mp.mpf(9) / 10, mp.mpf(9) / 70]
# The sentinel next to a face: the fourth place on an axis.
FACE = 1 - mp.mpf(10) ** -6


def mean(*powers):
    """The mean over the box of the product of these even powers, each halved."""
    return mp.fprod(mp.mpf(1) / (2 * p + 1) for p in powers)


def ninth(d):
    """Orbits (squares of the coordinates that are not zero, weight of a node) of degree 9, Σ|w|.

    With C for 2^D times the weight of a corner times z⁴, and T for 8 times that of a triple times x³, the moments of
    s t u v, s t u and s² t u give C = 1/81, T = 1/27 - C/z, x = (1/45 - C)/T; those of two powers, less what triples and
    corners have of them, B and y (weights of (x, y)) and A (weights of (x, x)) — four equations for three unknowns,
    of which one follows from the others for each z; those of one power v and the weights on the axes.
    """
    c = mp.mpf(1) / 81
    t = mean(1, 1, 1) - c / Z
    x = (mean(2, 1, 1) - c) / t
    n = d - 2
    rest = lambda j, k: mean(j, k) - c * Z ** (j + k - 4) - n * t * x ** (j + k - 3)
    y = (rest(3, 1) - x * x * rest(1, 1)) / (rest(2, 1) - x * rest(1, 1)) - x
    b = (rest(2, 1) - x * rest(1, 1)) / (x * y * (y - x))
    a = (rest(1, 1) - 2 * b * x * y) / (x * x)
    triple, corner = t / x**3, c / Z**4
    line = lambda k: mean(k) - corner * Z**k - comb(d - 1, 2) * triple * x**k - (d - 1) * (a * x**k + b * (x**k + y**k))
    q = [line(k + 2) - (x + y) * line(k + 1) + x * y * line(k) for k in (1, 2)]
    v = q[1] / q[0]
    w = mp.lu_solve(mp.matrix([[u**k for u in (x, y, v)] for k in (1, 2, 3)]), mp.matrix([line(1), line(2), line(3)]))
    center = 1 - corner - comb(d, 3) * triple - comb(d, 2) * (a + 2 * b) - d * sum(w)
    orbits = [((), center), ((x,), w[0] / 2), ((y,), w[1] / 2), ((v,), w[2] / 2), ((x, x), a / 4), ((x, y), b / 4)]
    return orbits + [((x, x, x), triple / 8), ((Z,) * d, corner / 2**d)]


def applied(orbits, d, powers):
    """The rule applied to the product of these powers of s, t, …, by counting: a node's coordinates are any of a generator's."""
    total = mp.mpf(0)
    for generator, weight in orbits:
        cells = list(generator) + [mp.mpf(0)] * (d - len(generator))
        # Distinct values with multiplicities, laid on the first len(powers) axes; the others take the rest in any order.
        values = {}
        for cell in cells:
            values[cell] = values.get(cell, 0) + 1
        for choice in itertools.product(values, repeat=len(powers)):
            left = dict(values)
            for value in choice:
                left[value] -= 1
            if min(left.values()) < 0:
                continue
            ways, room = 1, d - len(powers)
            for count in left.values():
                ways *= comb(room, count)
                room -= count
            total += weight * 2 ** len(generator) * ways * mp.fprod(u**p for u, p in zip(choice, powers))
    return total


def partitions(n, most, parts):
    if n == 0:
        yield ()
    elif parts:
        for p in range(min(n, most), 0, -1):
            for rest in partitions(n - p, p, parts - 1):
                yield (p,) + rest


def checked(orbits, d, degree):
    for half in range(degree // 2 + 2):
        off = max(abs(applied(orbits, d, p) - mean(*p)) for p in partitions(half, half, d))
        if half <= degree // 2:
            assert off < mp.mpf(10) ** -45, (d, half, off)
        else:
            assert off > mp.mpf(10) ** -5, (d, half, off)
    assert all(0 < u < 1 for generator, _ in orbits for u in generator), d
    return orbits


def nodes(orbits, d):
    return int(mp.nint(sum(applied([(g, mp.mpf(1))], d, ()) for g, _ in orbits)))


def components(squares, highest):
    """Rows that make, of the polynomial through the nodes of an axis, its coefficients of x², x⁴, … and its components in three
    Legendre polynomials, from P_highest down by twos, from its even parts at the places less the value in the middle; and
    those in the degrees one lower from its odd parts."""
    n = len(squares)
    inverse = mp.inverse(mp.matrix([[u**k for k in range(1, n + 1)] for u in squares]))
    other = mp.inverse(mp.matrix([[u**k for k in range(n)] for u in squares]))

    def coefficient(power, degree):
        """Of P_degree in x^power."""
        if degree > power or (power - degree) % 2:
            return mp.mpf(0)
        m = (power - degree) // 2
        return (2 * degree + 1) * mp.factorial(power) / (mp.mpf(2) ** m * mp.factorial(m) * mp.fac2(power + degree + 1))

    def row(degree, of, power, scale):
        return [sum(coefficient(power(k), degree) * of[k, j] for k in range(n)) / scale(squares[j]) for j in range(n)]

    degrees = (highest, highest - 2, highest - 4)
    even = [row(degree, inverse, lambda k: 2 * k + 2, lambda _: 1) for degree in degrees]
    odd = [row(degree - 1, other, lambda k: 2 * k + 1, mp.sqrt) for degree in degrees]
    # What P_highest and the one below have to have of themselves.
    for rows, degree in ((even, highest), (odd, highest - 1)):
        values = [mp.legendre(degree, mp.sqrt(u)) - mp.legendre(degree, 0) for u in squares]
        for k, got in enumerate(mp.fsum(c * v for c, v in zip(r, values)) for r in rows):
            assert abs(got - (k == 0)) < mp.mpf(10) ** -40
    return [[inverse[i, j] for j in range(n)] for i in range(n)], even, odd


def text(value):
    return repr(float(value))


def main():
    lines = []
    say = lines.append
    say("//! Fully symmetric rules for boxes. Written by tests/data/make_cubature.py; do not edit.\n")
    rules = {d: checked(ninth(d), d, 9) for d in range(3, MOST + 1)}
    x, y, v = (rules[3][i][0][0] for i in (1, 2, 3))
    say("/// Places of the nodes of degree 9, in half widths: X, Y, V on the axes, (X, X) and (X, Y) on two, (X, X, X) on three, Z on all.")
    for name, u in (("X", x), ("Y", y), ("V", v), ("Z", Z)):
        say(f"pub(crate) const {name}: f64 = {text(mp.sqrt(u))};")
    say("/// Of sentinels next to a face, in place of a fourth node on an axis.")
    say(f"pub(crate) const FACE: f64 = {text(FACE)};")
    say("\n/// The weights for the mean in 3 to 12 dimensions: center, X, Y, V, (X, X), (X, Y), (X, X, X), corners.")
    say(f"pub(crate) const NINTH: [[f64; 8]; {MOST - 2}] = [")
    for d, orbits in rules.items():
        say("    [" + ", ".join(text(w) for _, w in orbits) + f"], // {d}: {nodes(orbits, d)} nodes, Σ|w| = {mp.nstr(size(orbits, d), 4)}")
    say("];")
    # In the rule of degree 7 there is no V.
    of_ninth = components([x, y, v, FACE**2], 8)
    of_seventh = components(SEVENTH + [FACE**2], 6)
    of_seventh = [[[*row[:2], mp.mpf(0), row[2]] for row in rows] for rows in of_seventh]
    of_seventh[0].append([mp.mpf(0)] * 4)
    say("\n/// What an axis says, from its values at X, Y, V and FACE; that of degree 7 has no V.")
    for name, (powers, even, odd) in (("NINTH_AXIS", of_ninth), ("SEVENTH_AXIS", of_seventh)):
        say(f"pub(crate) const {name}: super::fully_symmetric::AxisTables = super::fully_symmetric::AxisTables {{")
        for field, rows in (("powers", powers), ("even", even), ("odd", odd)):
            say(f"    {field}: [")
            for row in rows:
                say("        [" + ", ".join(text(c) for c in row) + "],")
            say("    ],")
        say("};")
    out = "\n".join(lines) + "\n"
    if "--text" in sys.argv:
        print(out)
    else:
        path = next((a for a in sys.argv[1:] if not a.startswith("-")), os.path.join(ROOT, "cubature_data.rs"))
        with open(path, "w") as file:
            file.write(out)


def size(orbits, d):
    return sum(abs(w) * applied([(g, mp.mpf(1))], d, ()) for g, w in orbits)


if __name__ == "__main__":
    main()
