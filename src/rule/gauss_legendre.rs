//! Temporary: replaced by the real nodes.
use super::{Nodes, Table};
use std::sync::Arc;
pub(super) fn panel_nodes(order: usize) -> (Nodes, Nodes) {
    let mut v = [vec![], vec![], vec![], vec![]];
    for i in 0..order {
        let n = order as f64;
        let mut x = (std::f64::consts::PI * (n - i as f64 - 0.25) / (n + 0.5)).cos();
        let mut d = 1.0;
        for _ in 0..8 {
            let (mut p0, mut p1) = (1.0, x);
            for k in 2..=order {
                let k = k as f64;
                let p = ((2.0 * k - 1.0) * x * p1 - (k - 1.0) * p0) / k;
                p0 = p1;
                p1 = p;
            }
            d = n * (x * p1 - p0) / (x * x - 1.0);
            if order == 1 {
                d = 1.0;
            }
            x -= p1 / d;
        }
        let w = 1.0 / ((1.0 - x * x) * d * d);
        if x <= 0.0 {
            v[0].push((1.0 + x) / 2.0);
            v[1].push(w)
        } else {
            v[2].push(-(1.0 - x) / 2.0);
            v[3].push(w)
        }
    }
    let [a, b, c, d] = v.map(|v| Table::Shared(Arc::from(v)));
    (Nodes { offsets: a, weights: b }, Nodes { offsets: c, weights: d })
}
