"""Writes src/rule/{ladder,levels,dyadic}_data.rs: nodes and weights, computed to 60 digits and rounded once.

    python3 tests/data/make_rules.py          needs mpmath (pip install mpmath)

Checked before anything is written: each rule is exact for the polynomials of its degree and not of the next even one,
weights are positive and sum to 1, nodes alternate, the 15-point Kronrod rule has the digits printed in QUADPACK's qk15.
"""
import os
import mpmath as mp

mp.mp.dps = 110
# Distance of the sentinels from the ends, in lengths; an f64.
SENTINEL = mp.mpf(1.0900714285e-7)
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "rule")


def legendre_nodes(n):
    guess = [-mp.cos(mp.pi * (i + 0.75) / (n + 0.5)) for i in range(n)]
    out = []
    for g in guess:
        x = mp.mpf(g)
        for _ in range(8):
            p0, p1 = mp.mpf(1), x
            for k in range(2, n + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            x -= p1 * (x * x - 1) / (n * (x * p1 - p0))
        out.append(x)
    if n % 2:
        out[n // 2] = mp.mpf(0)
    return out


def gauss(n):
    x = legendre_nodes(n)
    w = []
    for t in x:
        p0, p1 = mp.mpf(1), t
        for k in range(2, n + 1):
            p0, p1 = p1, ((2 * k - 1) * t * p1 - (k - 1) * p0) / k
        d = n * (t * p1 - p0) / (t * t - 1)
        w.append(2 / ((1 - t * t) * d * d))
    return x, w


FINE = gauss(200)


def omega(nodes, x):
    p = mp.mpf(1)
    for t in nodes:
        p *= x - t
    return p


def legendre_all(n, x):
    p = [mp.mpf(1), x]
    for k in range(2, n + 1):
        p.append(((2 * k - 1) * x * p[-1] - (k - 1) * p[-2]) / k)
    return p[: n + 1]


def extend(nodes):
    """The n + 1 nodes that raise the degree most (Kronrod 1965): between the old ones."""
    n = len(nodes)
    # E = sum of c_j P_j over j of the parity of n + 1, c_(n+1) = 1, orthogonal to omega * P_k for k <= n.
    js = [j for j in range(n + 2) if (j - n - 1) % 2 == 0]
    ks = [k for k in range(n + 1) if k % 2 == 1]  # omega is odd, E even: k odd counts (n is odd)
    table = []
    for x, w in zip(*FINE):
        p = legendre_all(n + 1, x)
        table.append((w * omega(nodes, x), p))
    unknown = js[:-1]
    a = mp.matrix(len(ks), len(unknown))
    b = mp.matrix(len(ks), 1)
    for r, k in enumerate(ks):
        for c, j in enumerate(unknown):
            a[r, c] = mp.fsum(f * p[k] * p[j] for f, p in table)
        b[r] = -mp.fsum(f * p[k] * p[n + 1] for f, p in table)
    sol = mp.lu_solve(a, b)
    coef = {j: sol[i] for i, j in enumerate(unknown)}
    coef[n + 1] = mp.mpf(1)

    def e(x):
        p = legendre_all(n + 1, x)
        return mp.fsum(coef[j] * p[j] for j in js)

    ends = [mp.mpf(-1)] + sorted(nodes) + [mp.mpf(1)]
    new = []
    for lo, hi in zip(ends[:-1], ends[1:]):
        if abs(lo + hi) < mp.mpf(10) ** -40:
            new.append(mp.mpf(0))
            continue
        a0, b0, fa = lo, hi, e(lo)
        assert fa * e(hi) < 0, "nodes do not alternate"
        for _ in range(30):
            m = (a0 + b0) / 2
            fm = e(m)
            if fa * fm > 0:
                a0, fa = m, fm
            else:
                b0 = m
        new.append(mp.findroot(e, (a0, b0), solver="anderson", tol=1e-190, maxsteps=60, verify=False))
    return new


def weights(nodes):
    n = len(nodes)
    bary = []
    for i in range(n):
        p = mp.mpf(1)
        for j in range(n):
            if j != i:
                p *= nodes[i] - nodes[j]
        bary.append(1 / p)
    fine = [(x, w * omega(nodes, x)) for x, w in zip(*FINE)]
    return [bary[i] * mp.fsum(f / (x - nodes[i]) for x, f in fine) for i in range(n)]


def check(nodes, w, degree, exactly):
    worst, beyond = mp.mpf(0), None
    tables = [legendre_all(degree + 3, x) for x in nodes]
    for k in range(0, degree + 1):
        got = mp.fsum(wi * t[k] for wi, t in zip(w, tables))
        worst = max(worst, abs(got - (2 if k == 0 else 0)))
    k = degree + 1 + (degree + 1) % 2
    beyond = abs(mp.fsum(wi * t[k] for wi, t in zip(w, tables)))
    assert worst < mp.mpf(10) ** -50, (len(nodes), degree, mp.nstr(worst, 3))
    assert not exactly or beyond > mp.mpf(10) ** -40, (len(nodes), degree)
    assert all(wi > 0 for wi in w)


def predict(nodes, at):
    """What multiplies the value at each node in the interpolant at `at`."""
    out = []
    for i in range(len(nodes)):
        p = mp.mpf(1)
        for j in range(len(nodes)):
            if j != i:
                p *= (at - nodes[j]) / (nodes[i] - nodes[j])
        out.append(p)
    return out


def null_rules(nodes, w, degrees):
    """Null rules: the orthonormal polynomials of these degrees for the discrete weights, each times the weights. Each vanishes
    for all polynomials of lower degree."""
    w = [t / 2 for t in w]
    before, now, rules = [mp.mpf(0)] * len(nodes), [mp.mpf(1)] * len(nodes), {}
    for k in range(max(degrees) + 1):
        norm = mp.sqrt(mp.fsum(wi * p * p for wi, p in zip(w, now)))
        now = [p / norm for p in now]
        if k in degrees:
            rules[k] = [wi * p for wi, p in zip(w, now)]
        back = mp.fsum(wi * x * p * q for wi, x, p, q in zip(w, nodes, now, before))
        before, now = now, [x * p - back * q for x, p, q in zip(nodes, now, before)]
    return [rules[k] for k in degrees]


def number(v):
    return repr(float(v)) if v != 0 else "0.0"


def array(name, doc, vectors, out):
    out.append("/// %s" % doc)
    out.append("pub(super) const %s: &[[f64; 8]] = &Aligned([" % name)
    for v in vectors:
        out.append("    [" + ", ".join(number(t) for t in v) + "],")
    out.append("]).0;")


def place(groups, probe):
    """Vectors of four pairs of nodes each, lower half and its mirror image; the vector that holds the middle has up to three
    pairs, the middle and the probe. `groups`: lists of new positive nodes, largest first, rung by rung. What is left over is idle: None."""
    vectors = []
    for group in groups:
        pos = sorted([t for t in group if t > 0], reverse=True)
        middle = any(t == 0 for t in group)
        while pos:
            if len(pos) <= 3 and middle:
                idle = [None] * (3 - len(pos))
                vectors.append(([-t for t in pos] + idle + [mp.mpf(0)] + pos + idle + [probe], True))
                pos, middle = [], False
            else:
                four, pos = pos[:4], pos[4:]
                assert len(four) == 4
                vectors.append(([-t for t in four] + four, False))
        assert not middle
    return vectors


def offsets(vectors):
    """Signed distances from the nearer end in lengths of the interval; the middle is counted from the lower end. Idle lanes are
    at the middle, once more."""
    half = mp.mpf(1) / 2
    idle = lambda lane: half if lane < 4 else -half
    place = lambda t: (1 + t) / 2 if t <= 0 else -(1 - t) / 2
    return [[idle(lane) if t is None else place(t) for lane, t in enumerate(v)] for v, _ in vectors]


def spread(vectors, nodes, values, probe=None):
    found = {mp.nstr(t, 60): v for t, v in zip(nodes, values)}
    out = []
    for v, special in vectors:
        row = []
        for lane, t in enumerate(v):
            if special and lane == 7:
                row.append(probe if probe is not None else mp.mpf(0))
            elif t is None:
                row.append(mp.mpf(0))
            else:
                row.append(found.get(mp.nstr(t, 60), mp.mpf(0)))
        out.append(row)
    return out


def best_probe(sets):
    best, score = None, -1
    for i in range(200):
        x = mp.mpf(5 + i * 4) / 1000 + mp.sqrt(2) / 1000
        s = 1
        for nodes in sets:
            near = [abs(omega(nodes, mp.mpf(k) / 400)) for k in range(int(400 * float(x)) - 40, int(400 * float(x)) + 40, 1) if abs(k) < 390]
            s = min(s, float(abs(omega(nodes, x)) / max(near)))
        if s > score:
            best, score = x, s
    print("probe", mp.nstr(best, 8), "sensitivity", score)
    return best


def symmetric(nodes):
    pos = sorted(t for t in nodes if t > mp.mpf(10) ** -30)
    return sorted([-t for t in pos] + [mp.mpf(0)] + pos)


def ladder(name, chain, groups, degrees, probe_sets, doc, out):
    """chain: full node lists from the embedded rule up."""
    probe = best_probe(probe_sets)
    vectors = place(groups, probe)
    out.append("")
    array("%s_NODES" % name, "%s Offsets of the nodes: from the lower end where positive, from the upper one where negative." % doc, offsets(vectors), out)
    for index, nodes in enumerate(chain):
        w = weights(nodes)
        check(nodes, w, degrees[index], True)
        count = len(nodes)
        used = vectors[: max(2, -(-count // 8))] if index else vectors[: -(-len(chain[1]) // 8)]
        array("%s_WEIGHTS_%d" % (name, count), "Weights of the %d nodes of degree %d, for an interval of length 1." % (count, degrees[index]), spread(used, nodes, [t / 2 for t in w]), out)
        if index:
            p = predict(nodes, probe)
            array("%s_PROBE_%d" % (name, count), "What the values at the %d nodes say of the value at the probe, less that value." % count, spread(used, nodes, p, mp.mpf(-1)), out)
            top, low = count - (1 if name == "FEJER" else 2), 3 * count // 4
            degrees_of_nulls = [top, top - 1, low, low - 1]
            for letter, degree, rule in zip("ABCD", degrees_of_nulls, null_rules(nodes, w, degrees_of_nulls)):
                array("%s_NULL_%s_%d" % (name, letter, count), "A null rule of the %d nodes, of degree %d." % (count, degree), spread(used, nodes, rule), out)
            for side, end in (("LOWER", -1), ("UPPER", 1)):
                near = mp.mpf(end) * (1 - 2 * SENTINEL)
                array("%s_%s_SENTINEL_%d" % (name, side, count), "Interpolant at the %s sentinel." % side.lower(), spread(used, nodes, predict(nodes, near)), out)
                array("%s_%s_%d" % (name, side, count), "Interpolant through the %d nodes at the %s end." % (count, side.lower()), spread(used, nodes, predict(nodes, mp.mpf(end))), out)
    return vectors, probe


def main():
    head = ["//! Nodes and weights, written by `tests/data/make_rules.py`: each number is the `f64` nearest to 60 digits.", "", "use crate::rule::Aligned;"]
    out = list(head)
    only = lambda b, a: [t for t in b if not any(abs(t - s) < mp.mpf(10) ** -40 for s in a)]
    chain = [symmetric([mp.cos(k * mp.pi / n) for k in range(1, n)]) for n in (8, 16, 32, 64, 128)]
    f7, f15, f31, f63, f127 = chain
    groups = [only(f15, f7), f7, only(f31, f15), only(f63, f31), only(f127, f63)]
    ladder("FEJER", chain, groups, [7, 15, 31, 63, 127], chain[1:],
           "Fejér's nested rules of 7, 15, 31, 63 and 127 nodes.", out)
    for n in (7, 10, 11, 15, 30, 31):
        g = legendre_nodes(n)
        g = symmetric(g) if n % 2 else sorted(g)
        check(*gauss(n), 2 * n - 1, True)
        k = symmetric(g + extend(g))
        degree = 3 * n + 1 if n % 2 == 0 else 3 * n + 2
        if n == 7:
            assert mp.nstr(k[-1], 33) == "0.991455371120812639206854697526329", mp.nstr(k[-1], 33)
            assert abs(weights(k)[-1] - mp.mpf("0.022935322010529224963732008058970")) < mp.mpf(10) ** -32
        print("kronrod", n, 2 * n + 1, flush=True)
        groups = [only(k, g), g] if n == 7 else [k]
        ladder("KRONROD_%d" % (2 * n + 1), [g, k], groups, [2 * n - 1, degree], [k], "Gauss–Kronrod %d-%d." % (n, 2 * n + 1), out)
    open(os.path.join(ROOT, "ladder_data.rs"), "w").write("\n".join(out) + "\n")


def levels():
    """Double-exponential nodes: distances and weights for t = k / 8 (one vector a unit of t), then odd multiples of 1/16, …"""
    mp.mp.dps = 60
    out = ["//! Double-exponential nodes and weights, written by `tests/data/make_rules.py`: each number is the `f64` nearest to 60", "//! digits. For each unit of t one vector of the base level (t = k/8), one of the odd multiples of 1/16, two of 1/32, four of 1/64.", "", "use crate::rule::Aligned;", ""]
    grids = []
    for level, per in ((0, 8), (1, 8), (2, 16), (3, 32)):
        for unit in range(7):
            ts = []
            for k in range(per):
                t = mp.mpf(k) / 8 if level == 0 else mp.mpf(2 * k + 1) / (16 * 2 ** (level - 1))
                ts.append(unit + t)
            for v in range(per // 8):
                grids.append((level, ts[8 * v: 8 * v + 8]))
    half = mp.pi / 2
    big = mp.mpf(2) ** 1023

    def tanh_sinh(t):
        u = mp.pi * mp.sinh(t)
        d = 1 / (1 + mp.exp(u))
        w = mp.pi * mp.cosh(t) * d * (1 - d)
        return (d, w) if d > mp.mpf(2) ** -1022 else (mp.mpf(0), mp.mpf(0))

    def exp_low(t):
        e = mp.exp(-half * mp.sinh(t))
        return (e, half * mp.cosh(t) * e) if e > mp.mpf(2) ** -1022 else (mp.mpf(0), mp.mpf(0))

    def exp_high(t):
        e = mp.exp(half * mp.sinh(t))
        w = half * mp.cosh(t) * e
        return (e, w) if w < big else (mp.mpf(0), mp.mpf(0))

    def sinh_sinh(t):
        u = half * mp.sinh(t)
        x, w = mp.sinh(u), half * mp.cosh(t) * mp.cosh(u)
        return (x, w) if w < big else (mp.mpf(0), mp.mpf(0))

    for name, doc, f in (("TANH_SINH", "Distances from an end of [0, 1].", tanh_sinh), ("EXP_LOW", "Points of (0, 1].", exp_low),
                         ("EXP_HIGH", "Points of [1, inf).", exp_high), ("SINH_SINH", "Points of [0, inf).", sinh_sinh)):
        xs, ws = [], []
        for level, ts in grids:
            pairs = [f(t) for t in ts]
            # t = 0 belongs to both directions: half to each.
            xs.append([p[0] for p in pairs])
            ws.append([p[1] / (2 if t == 0 else 1) for p, t in zip(pairs, ts)])
        array(name + "_NODES", doc + " 0 where it is outside the range of f64, with weight 0.", xs, out)
        array(name + "_WEIGHTS", "Their weights dx/dt.", ws, out)
    open(os.path.join(ROOT, "levels_data.rs"), "w").write("\n".join(out) + "\n")


def dyadic():
    """A rule whose nodes are multiples of 1/256, those next to 24 nodes of Gauss and Legendre."""
    count = 24
    nodes = [mp.nint((x + 1) * 128) for x in sorted(legendre_nodes(count))]
    x = [node / 128 - 1 for node in nodes]
    w = weights(x)
    check(x, w, count - 1, True)
    rows = lambda numbers: [numbers[k:k + 8] for k in range(0, count, 8)]
    out = ["//! A rule with dyadic nodes, written by `tests/data/make_rules.py`: each number is the `f64` nearest to 60 digits.", "", "use crate::rule::Aligned;", ""]
    array("NODES", "Multiples of 1/256 of [0, 1].", rows([node / 256 for node in nodes]), out)
    array("WEIGHTS", "Their weights, exact to degree 23.", rows([t / 2 for t in w]), out)
    for name, rule in zip("ABCD", null_rules(x, [mp.mpf(2)] * count, range(count - 4, count))):
        array("NULL_" + name, "A null rule: an orthonormal polynomial of high degree.", rows(rule), out)
    for name, end in (("LOWER", -1), ("UPPER", 1)):
        array(name, "What the interpolant says at this end.", rows(predict(x, mp.mpf(end))), out)
    open(os.path.join(ROOT, "dyadic_data.rs"), "w").write("\n".join(out) + "\n")


if __name__ == "__main__":
    dyadic()
    levels()
    main()
