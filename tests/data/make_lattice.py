"""The generating vector in src/points/lattice.rs: an embedded rank-1 lattice, component by component.

For each coordinate all odd z up to 2^M are tried: the one whose worst-case error, in units of the best at each size 2^m, is least
at the worst of the sizes. The space is that of periodic functions with Fourier coefficients of order |h|^-2 (kernel 2 pi^2 B_2), product
weights 1/j^2. Fast by Fourier transforms over the powers of 5, which are the odd numbers modulo 2^m up to sign.

D. Nuyens, R. Cools (2006), https://doi.org/10.1090/S0025-5718-06-01785-6;
R. Cools, F. Y. Kuo, D. Nuyens (2006), https://doi.org/10.1137/06065074X.

python3 make_lattice.py [M] [DIMENSIONS]
"""
import sys
import numpy as np

M = int(sys.argv[1]) if len(sys.argv) > 1 else 26
DIMENSIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
FIRST = 6  # the smallest size that counts is 2^FIRST


def omega(x):
    return 2 * np.pi**2 * (x * x - x + 1 / 6)


# The powers of 5 modulo 2^M; modulo 2^m they repeat after 2^(m-2).
powers = np.ones(1, dtype=np.int64)
step = 5
while len(powers) < 1 << (M - 2):
    powers = np.concatenate([powers, powers * step % (1 << M)])
    step = step * step % (1 << M)

levels = range(3, M + 1)
kernel = {m: omega((powers[: 1 << (m - 2)] % (1 << m)) / (1 << m)) for m in levels}
product = {m: np.ones(1 << (m - 2)) for m in levels}
# The points 0, 1/2 and 1/4 are the same for all odd z.
few = omega(np.array([0.0, 0.5, 0.25, 0.25]))
few_product = np.ones(4)
vector = []
for j in range(1, DIMENSIONS + 1):
    gamma = 1 / j**2
    if j == 1:
        best = 0
    else:
        sums = np.full(1, (few_product * (1 + gamma * few)).sum())
        worst = None
        for m in levels:
            length = 1 << (m - 2)
            # sum over k of product[k] kernel[k + l], for all l
            along = np.fft.irfft(np.conj(np.fft.rfft(product[m])) * np.fft.rfft(kernel[m]), length) if length > 1 else product[m] * kernel[m]
            sums = np.tile(sums, length // len(sums)) + 2 * (product[m].sum() + gamma * along)
            if m >= FIRST:
                error = sums / (1 << m) - 1
                ratio = error / error.min()
                worst = ratio if worst is None else np.maximum(np.tile(worst, length // len(worst)), ratio)
        best = int(worst.argmin())
        print(j, worst[best], file=sys.stderr)
    vector.append(int(powers[best]))
    few_product *= 1 + gamma * few
    for m in levels:
        length = 1 << (m - 2)
        product[m] *= 1 + gamma * np.roll(kernel[m], -(best % length))
print(vector)
