//! The tests of the GPU, on whatever adapter there is: one program, as an integrand is compiled for all backends in
//! each.
#![cfg(feature = "gpu")]

#[path = "../common/adapter.rs"]
mod adapter;
#[path = "../common/child.rs"]
mod child;
#[path = "../common/integrands.rs"]
mod integrands;
#[path = "../common/one.rs"]
mod one;
#[path = "../common/reference.rs"]
mod reference;

mod algebra;
mod conformance;
mod evaluate;
mod fallback;
mod functions;
mod opening;
mod samples;
mod status;
mod stops;
mod sweep;
