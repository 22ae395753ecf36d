//! The plan of adaptive cubature: a list of boxes, each swept once.

/// How the variable of an axis becomes that of the integrand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum AxisMap {
    /// It is.
    Plain,
    /// x = end ± t / (1 - t), t in (0, 1): a half-line.
    Half { end: f64, direction: f64 },
    /// x = t / (1 - t²), t in (-1, 1): the line.
    Line,
}

/// An axis of the whole, in its own variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub lower: f64,
    pub upper: f64,
    pub map: AxisMap,
}

impl Axis {
    /// The axis on which x goes from `lower` to a larger `upper`.
    pub fn new(lower: f64, upper: f64) -> Self {
        let half = |end, direction| Self { lower: 0.0, upper: 1.0, map: AxisMap::Half { end, direction } };
        match (lower.is_finite(), upper.is_finite()) {
            (true, true) => Self { lower, upper, map: AxisMap::Plain },
            (true, false) => half(lower, 1.0),
            (false, true) => half(upper, -1.0),
            (false, false) => Self { lower: -1.0, upper: 1.0, map: AxisMap::Line },
        }
    }
}

/// How close to the end of its variable an infinite axis goes, so that x and dx/dt are numbers.
const NEAREST: f64 = f64::EPSILON / 2.0;

impl AxisMap {
    /// The place of x: undoes [`point`](Self::point).
    pub fn place(self, x: f64) -> f64 {
        match self {
            Self::Plain => x,
            Self::Half { end, direction } => {
                let along = (x - end) * direction;
                along / (1.0 + along)
            }
            Self::Line => 2.0 * x / (1.0 + (2.0 * x).hypot(1.0)),
        }
    }

    /// x and dx/dt.
    #[inline(always)]
    pub fn point(self, t: f64) -> (f64, f64) {
        match self {
            Self::Plain => (t, 1.0),
            Self::Half { end, direction } => {
                let rest = (1.0 - t).max(NEAREST);
                (end + direction * (t / rest), 1.0 / (rest * rest))
            }
            Self::Line => {
                let rest = ((1.0 - t) * (1.0 + t)).max(NEAREST);
                (t / rest, (1.0 + t * t) / (rest * rest))
            }
        }
    }
}

/// How a box is swept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BoxRule {
    /// By the fully symmetric rule of degree 7, or 9.
    Seventh,
    Ninth,
    /// By a grid of Gauss's nodes, in few dimensions, where the integrand is smooth.
    Fine,
}

/// Boxes to sweep, in order: of each, `dimension` lower and as many upper bounds, in the variables of the axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boxes<'a> {
    pub dimension: usize,
    pub lower: &'a [f64],
    pub upper: &'a [f64],
    pub rule: BoxRule,
}

impl<'a> Boxes<'a> {
    pub fn len(&self) -> usize {
        self.lower.len() / self.dimension
    }

    /// The first `count` boxes, and the others.
    pub fn split_at(self, count: usize) -> (Self, Self) {
        let (lower, upper) = (self.lower.split_at(count * self.dimension), self.upper.split_at(count * self.dimension));
        (Self { lower: lower.0, upper: upper.0, ..self }, Self { lower: lower.1, upper: upper.1, ..self })
    }
}

/// A point at which the integrand is not finite, and the value there.
pub(crate) type Bad = Box<(Vec<f64>, f64)>;

/// The outcome of one sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SweptBox {
    pub estimate: f64,
    /// What the error model makes of the differences; zero where rounding explains them.
    pub error: f64,
    /// What values far out in the corners contradict of what is seen inside.
    pub surprise: f64,
    /// What rounding adds: no refinement removes it.
    pub floor: f64,
    /// The integral of |f|.
    pub magnitude: f64,
    /// The least and the largest f that were seen.
    pub low: f64,
    pub high: f64,
    /// What the fine rule is expected to leave of the error; infinite where the integrand looks rough.
    pub promise: f64,
    /// The axis to halve.
    pub axis: u8,
    /// A point at which the integrand is not finite, and the value there; no coordinates until that was looked for.
    pub bad: Option<Bad>,
}

impl SweptBox {
    /// The largest |f| that was seen.
    pub fn peak(&self) -> f64 {
        self.high.max(-self.low)
    }

    /// Whether a value is not finite, or larger than `tall`.
    pub fn is_to_be_mended(&self, tall: f64) -> bool {
        self.bad.is_some() || self.peak() > tall
    }
}

/// A box in which a kink or a step is suspected on a plane across an axis.
#[derive(Clone, Debug)]
pub(crate) struct Suspect {
    pub axis: usize,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

impl Suspect {
    /// The evaluations of a search, at most.
    pub const MOST: u64 = 402;
}

/// A plane across an axis on which there is a kink or a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plane {
    pub axis: usize,
    pub at: f64,
    /// Whether more than one line meets it there.
    pub is_sure: bool,
}

/// What is seen of an integrand before there is a mesh.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// How rough it is on each axis.
    pub roughness: Vec<f64>,
    pub planes: Vec<Plane>,
    /// Points around which the first mesh is fine.
    pub peaks: Vec<Vec<f64>>,
    /// The largest |f|.
    pub peak: f64,
    pub evaluations: u64,
}
