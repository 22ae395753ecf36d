//! The plan of integrals with a weight: panels, and what the weight is on each.

use crate::estimate::expansion::Remainder;
use crate::rule::legendre::{LEGENDRE, TERMS, Terms};
use crate::rule::moments::{derivatives_at_one, power, second_kind, spherical_bessel};
use crate::twofold::two_sum;
use crate::weight::Weight;

/// What is done on a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// The integrand is expanded, the weight taken by its moments or, where it is smooth, as a factor of the integrand.
    Expand,
    /// The product of both is summed by double-exponential levels.
    Levels,
    /// The panel stands for the rest of the line, up (or down) from its end: the terms that integration by parts leaves
    /// at that end, by the derivatives of the expansion.
    Tail {
        /// To which side.
        upward: bool,
    },
}

/// An interval and what to do there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Panel {
    pub lower: f64,
    pub upper: f64,
    /// Whether its ends are ends of the whole or break points.
    pub edges: [bool; 2],
    pub how: How,
}

impl Panel {
    pub fn width(&self) -> f64 {
        self.upper - self.lower
    }

    /// Whether there are too few numbers between its ends to halve it.
    pub fn is_narrow(&self) -> bool {
        self.width() <= 64.0 * f64::EPSILON * self.lower.abs().max(self.upper.abs())
    }
}

/// The weight on a panel as a functional: ∫ w f = Σ aₖ mₖ where f = Σ aₖ Pₖ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moments {
    pub moments: Terms,
    /// The root of ∫ w², times that of half the length of the panel: a bound for integrands that the expansion does not
    /// resolve. 0 where moments say it all.
    pub crude: f64,
}

/// A weight over an interval in ascending order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighing {
    weight: Weight,
    lower: f64,
    upper: f64,
}

impl Weighing {
    pub fn new(weight: Weight, lower: f64, upper: f64) -> Self {
        Self { weight, lower, upper }
    }

    /// |ω| of a weight that oscillates.
    pub fn frequency(&self) -> Option<f64> {
        match self.weight {
            Weight::Cos(omega) | Weight::Sin(omega) => Some(omega.abs()),
            _ => None,
        }
    }

    /// The pole, where it is inside.
    pub fn pole(&self) -> Option<f64> {
        match self.weight {
            Weight::Cauchy(pole) => Some(pole).filter(|&pole| self.lower < pole && pole < self.upper),
            _ => None,
        }
    }

    /// Whether no single panel can take the weight by moments and one smooth factor.
    pub fn has_two_ends(&self) -> bool {
        self.at_end(0).is_some() && self.at_end(1).is_some()
    }

    /// The exponent at an end, and whether a logarithm comes with it; `None` where the weight is smooth.
    fn at_end(&self, end: usize) -> Option<(f64, bool)> {
        let Weight::Algebraic { alpha, beta, log_lower, log_upper } = self.weight else { return None };
        Some([(alpha, log_lower), (beta, log_upper)][end]).filter(|&(power, log)| power != 0.0 || log)
    }

    /// The end at which the panel takes the weight by moments.
    fn singular_end(&self, panel: &Panel) -> Option<usize> {
        let meets = [panel.lower == self.lower, panel.upper == self.upper];
        (0..2).find(|&end| meets[end] && self.at_end(end).is_some())
    }

    /// Whether the integrand is to be multiplied by [`factor`](Self::factor) on the panel.
    pub fn has_factor(&self, panel: &Panel) -> bool {
        match self.weight {
            Weight::Cos(_) | Weight::Sin(_) => false,
            Weight::Cauchy(pole) => (pole - panel.lower).abs().min((pole - panel.upper).abs()) > panel.width(),
            Weight::Algebraic { .. } => {
                (0..2).any(|end| self.at_end(end).is_some() && self.singular_end(panel) != Some(end))
            }
        }
    }

    /// What of the weight the moments on the panel leave out, at `end + distance`: smooth there.
    pub fn factor(&self, panel: &Panel, end: f64, distance: f64) -> f64 {
        match self.weight {
            Weight::Algebraic { .. } => {
                let taken = self.singular_end(panel);
                (0..2).filter(|&side| taken != Some(side)).map(|side| self.power(side, end, distance)).product()
            }
            _ => self.value(end, distance),
        }
    }

    /// The weight at `end + distance`.
    pub fn value(&self, end: f64, distance: f64) -> f64 {
        match self.weight {
            Weight::Cos(omega) => phase(omega, end, distance).1,
            Weight::Sin(omega) => phase(omega, end, distance).0,
            Weight::Cauchy(pole) => 1.0 / ((end - pole) + distance),
            Weight::Algebraic { .. } => self.power(0, end, distance) * self.power(1, end, distance),
        }
    }

    /// The factor that belongs to one end.
    fn power(&self, side: usize, end: f64, distance: f64) -> f64 {
        let Some((power, log)) = self.at_end(side) else { return 1.0 };
        let away = if side == 0 { (end - self.lower) + distance } else { (self.upper - end) - distance };
        away.powf(power) * if log { away.ln() } else { 1.0 }
    }

    /// What a jump of the integrand may hide between the panel's end and its outermost node; 0 where rounding of the
    /// products explains it.
    pub fn hidden(&self, panel: &Panel, end: usize, jump: f64, rounding: f64) -> f64 {
        let at = [panel.lower, panel.upper][end];
        let jump = jump * if self.has_factor(panel) { self.factor(panel, at, 0.0).abs() } else { 1.0 };
        if Remainder::explains(jump, rounding) {
            return 0.0;
        }
        jump * self.near(panel, end, 0.5 * panel.width() * LEGENDRE.gaps[0])
    }

    /// The integrand at an end of the panel, by what the expansion of the product says there.
    pub fn without_factor(&self, panel: &Panel, end: usize, product: f64) -> f64 {
        let at = [panel.lower, panel.upper][end];
        if self.has_factor(panel) { product / self.factor(panel, at, 0.0) } else { product }
    }

    /// The integral of |w| over so much next to an end of the panel, roughly and not less; of what moments take of it.
    pub fn near(&self, panel: &Panel, end: usize, distance: f64) -> f64 {
        match self.weight {
            Weight::Cos(omega) | Weight::Sin(omega) => distance.min(2.0 / omega.abs()),
            Weight::Cauchy(pole) if !self.has_factor(panel) => {
                2.0 * (distance / (pole - [panel.lower, panel.upper][end]).abs()).ln_1p()
            }
            Weight::Algebraic { .. } if self.singular_end(panel) == Some(end) => {
                let (power, log) = self.at_end(end).unwrap_or_default();
                let plain = distance.powf(power + 1.0) / (power + 1.0);
                if log { plain * (distance.ln().abs() + 1.0 / (power + 1.0)) } else { plain }
            }
            Weight::Algebraic { .. } => match self.singular_end(panel).and_then(|end| self.at_end(end)) {
                Some((power, log)) => {
                    let width = panel.width();
                    let size = if log { width.ln().abs() + distance / width } else { 1.0 };
                    distance * width.powf(power) * size
                }
                None => distance,
            },
            _ => distance,
        }
    }

    /// The integrals of the weight times each Legendre polynomial of the panel.
    pub fn moments(&self, panel: &Panel) -> Moments {
        let half = 0.5 * panel.width();
        let mut crude = 0.0;
        let mut moments = match (self.weight, panel.how) {
            (Weight::Cos(omega) | Weight::Sin(omega), How::Tail { upward }) => self.beyond(omega, panel, half, upward),
            (Weight::Cos(omega) | Weight::Sin(omega), _) => {
                crude = std::f64::consts::SQRT_2 * half;
                self.oscillating(omega, panel)
            }
            (Weight::Cauchy(pole), _) if !self.has_factor(panel) => {
                let moments = second_kind((pole - panel.lower) / half, (panel.upper - pole) / half);
                return Moments { moments, crude };
            }
            _ => {
                if let Some(end) = self.singular_end(panel) {
                    return Moments { moments: self.algebraic(panel, end), crude };
                }
                let mut moments = [0.0; TERMS];
                moments[0] = 2.0 * half;
                return Moments { moments, crude };
            }
        };
        if matches!(self.weight, Weight::Sin(omega) if omega < 0.0) {
            moments = moments.map(|moment| -moment);
        }
        Moments { moments, crude }
    }

    /// 2 h jₖ(ωh) times the real or the imaginary part of iᵏ exp(iωc), for the panel c ± h.
    fn oscillating(&self, omega: f64, panel: &Panel) -> Terms {
        let omega = omega.abs();
        // Both are halved first: the sums are then exact, and so is the phase however large.
        let (lower, upper) = (0.5 * panel.lower, 0.5 * panel.upper);
        let (half, half_low) = two_sum(upper, -lower);
        let (middle, middle_low) = two_sum(upper, lower);
        let (sin, cos) = phase(omega, middle, middle_low);
        let turned =
            if matches!(self.weight, Weight::Cos(_)) { [cos, -sin, -cos, sin] } else { [sin, cos, -sin, -cos] };
        let bessel = spherical_bessel(omega * half, phase(omega, half, half_low));
        std::array::from_fn(|k| 2.0 * half * bessel[k] * turned[k % 4])
    }

    /// What f leaves at the end Y of a half-line: the real or imaginary part of exp(iωY) Σ ∓(±1)ʲ f⁽ʲ⁾(Y) / (iω)ʲ⁺¹.
    fn beyond(&self, omega: f64, panel: &Panel, half: f64, upward: bool) -> Terms {
        const ORDERS: usize = 8;
        let omega = omega.abs();
        let (sin, cos) = phase(omega, if upward { panel.lower } else { panel.upper }, 0.0);
        let step = 1.0 / (omega * half);
        std::array::from_fn(|k| {
            let (mut even, mut odd, mut by) = (0.0, 0.0, 1.0);
            for (j, derivative) in derivatives_at_one::<ORDERS>(k).into_iter().enumerate() {
                let term = if j % 4 < 2 { derivative * by } else { -derivative * by };
                *if j % 2 == 0 { &mut even } else { &mut odd } += term;
                by *= step;
            }
            let (sign, even) = match (upward, k % 2) {
                (true, 0) => (1.0, even),
                (true, _) => (-1.0, even),
                (false, _) => (1.0, -even),
            };
            let value =
                if matches!(self.weight, Weight::Cos(_)) { odd * cos - even * sin } else { odd * sin + even * cos };
            sign * value / omega
        })
    }

    /// Length^(α+1) times the integral of s^α Pₖ(2s - 1), with the logarithm if there is one.
    fn algebraic(&self, panel: &Panel, end: usize) -> Terms {
        let (alpha, log) = self.at_end(end).unwrap_or_default();
        let width = panel.width();
        let scale = width.powf(alpha + 1.0);
        let (plain, logs) = power(alpha);
        let shift = width.ln();
        std::array::from_fn(|k| {
            let moment = if log { shift * plain[k] + logs[k] } else { plain[k] };
            scale * if end == 1 && k % 2 == 1 { -moment } else { moment }
        })
    }
}

/// The sine and the cosine of ω (x + d), with the product held in two numbers.
fn phase(omega: f64, x: f64, d: f64) -> (f64, f64) {
    let high = omega * x;
    let low = omega.mul_add(x, -high) + omega * d;
    let ((sin, cos), (small_sin, small_cos)) = (high.sin_cos(), low.sin_cos());
    (sin * small_cos + cos * small_sin, cos * small_cos - sin * small_sin)
}
