//! How large dispatches should be, and how long all of them will take, by the clock.
//!
//! A workgroup takes a unit of work alone, so a dispatch of a few large units leaves most of a device idle: then four
//! times as many take no longer. How many it takes to fill a device nobody says. So dispatches begin small, which no
//! watchdog minds, and grow for as long as time permits; and nothing is forecast from those that still grow.

use super::flights::SLOTS;
use crate::clock::Instant;

/// Seconds that a dispatch should take: few enough for the watchdogs of desktops, and to stop in time.
const DISPATCH: f64 = 0.05;

/// The most that it may take, in units that one workgroup needs longer for, so that there can be a few.
const LONGEST: f64 = 1.0;

/// Seconds of dispatches that are long enough to tell how fast the device is.
pub(super) const LONG: f64 = 0.02;

/// Evaluations of the first dispatch, before the speed is known.
const FIRST: u64 = 1 << 18;

/// How many units of work (tiles, regions) a dispatch should have.
pub(super) struct DispatchSize {
    pub units: u64,
    most: u64,
    /// When the dispatch before came back.
    before: Instant,
    /// Seconds of the last dispatch that was a single unit.
    alone: f64,
}

impl DispatchSize {
    pub fn new(evaluations_per_unit: u64, most: u64) -> Self {
        Self { units: (FIRST / evaluations_per_unit).clamp(1, most), most, before: Instant::now(), alone: 0.0 }
    }

    /// Begins a row of dispatches: what was done before them took no time of the device.
    pub fn begin(&mut self) {
        self.before = Instant::now();
    }

    /// Takes note of `units` that have come back.
    pub fn done(&mut self, units: u64) {
        let now = Instant::now();
        let seconds = (now - self.before).as_secs_f64().max(1e-6);
        self.before = now;
        self.took(units, seconds);
    }

    /// Grows by no more than four at once, since the first may be quick by chance.
    fn took(&mut self, units: u64, seconds: f64) {
        if units == 1 {
            self.alone = seconds;
        }
        // No dispatch takes less than a unit does alone, so fewer units save no time, and more may take none.
        let goal = DISPATCH.max((3.0 * self.alone).min(LONGEST));
        let wanted = (goal / seconds * units as f64) as u64;
        self.units = wanted.clamp(self.units / 4, self.units.saturating_mul(4)).clamp(1, self.most);
    }
}

/// How long all units will take, from the first dispatches, as they come back one after the other.
pub(super) struct Forecast {
    all: u64,
    /// Seconds that may be spent on it.
    budget: f64,
    done: u64,
    seconds: f64,
    /// Units and seconds of the last dispatches: as many as are under way at once, and as many before them. (Who waits
    /// may wake up late, so that one of them seems to have taken no time.)
    last: [(u64, f64); 2 * SLOTS],
}

impl Forecast {
    pub fn new(all: u64, budget: f64) -> Self {
        Self { all, budget, done: 0, seconds: 0.0, last: [(0, 0.0); 2 * SLOTS] }
    }

    /// Takes note of a dispatch that came back so long after the one before.
    pub fn took(&mut self, units: u64, seconds: f64) {
        self.done += units;
        self.seconds += seconds;
        self.last.rotate_right(1);
        self.last[0] = (units, seconds);
    }

    /// Whether no more should be sent off: the budget is spent, or they would say nothing new, as the last ones took
    /// their time and did hardly more in a second than those before.
    pub fn is_made(&self) -> bool {
        let (now, before) = self.last.split_at(SLOTS);
        let filled = before.iter().all(|&(units, _)| units > 0);
        let seconds = |last: &[(u64, f64)]| last.iter().map(|&(_, seconds)| seconds).sum::<f64>();
        self.seconds > self.budget || filled && seconds(now) >= LONG && speed(now) < 1.33 * speed(before)
    }

    /// Seconds for all, those that were measured among them.
    pub fn seconds(&self) -> f64 {
        match self.all.saturating_sub(self.done) {
            0 => self.seconds,
            left => self.seconds + left as f64 / speed(&self.last[..SLOTS]),
        }
    }
}

/// Units per second.
fn speed(last: &[(u64, f64)]) -> f64 {
    let (units, seconds) = last.iter().fold((0, 0.0), |(a, b), &(units, seconds)| (a + units, b + seconds));
    units as f64 / seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// A device with room for so many workgroups, of which each does a unit in so long; and what a dispatch costs
    /// besides.
    struct Model {
        room: u64,
        alone: f64,
        dispatch: f64,
    }

    impl Model {
        /// Seconds of `units` one dispatch after the other, as [`GpuGrid`](super::super::GpuGrid) sends them; the
        /// longest of them; and what is forecast as soon as it is made.
        fn run(&self, evaluations_per_unit: u64, units: u64, budget: f64) -> [f64; 3] {
            let mut size = DispatchSize::new(evaluations_per_unit, 65_535);
            let (mut forecast, mut said) = (Forecast::new(units, budget), None);
            let (mut sent, mut under_way, mut longest) = (0, VecDeque::new(), 0f64);
            while forecast.done < units {
                while under_way.len() < SLOTS && sent < units {
                    under_way.push_back(size.units.min(units - sent));
                    sent += under_way[under_way.len() - 1];
                }
                let units = under_way.pop_front().unwrap();
                let seconds = self.dispatch + self.alone * f64::max(1.0, units as f64 / self.room as f64);
                longest = longest.max(seconds);
                size.took(units, seconds);
                forecast.took(units, seconds);
                if forecast.is_made() {
                    said.get_or_insert(forecast.seconds());
                }
            }
            [forecast.seconds, longest, said.unwrap_or(forecast.seconds)]
        }
    }

    /// Tiles of 2^20 on a large device, by ever dearer integrands. (The second is an H200's, which was said to take 503
    /// s of 1.0.)
    #[test]
    fn forecasts_hold_where_most_of_a_device_is_idle_at_first() {
        for (alone, most) in [(0.6e-3, 0.06), (5.3e-3, 0.06), (60e-3, 0.3), (0.3, 1.0)] {
            let [seconds, longest, said] = Model { room: 528, alone, dispatch: 5e-4 }.run(1 << 20, 95_368, 0.4);
            let least = alone * 95_368.0 / 528.0;
            assert!(seconds < 1.25 * least + 30.0 * alone, "{alone}: {seconds}, not {least}");
            assert!(longest < most, "{alone}: {longest}");
            // Where the budget ends before the device is full, too long: so dear an integrand has larger budgets.
            assert!(said > 0.9 * seconds && (said < 1.2 * seconds || alone > 0.05), "{alone}: {said}, not {seconds}");
            let [_, _, said] = Model { room: 528, alone, dispatch: 5e-4 }.run(1 << 20, 95_368, 100.0 * alone);
            assert!((0.9..1.2).contains(&(said / seconds)), "{alone}: {said}, not {seconds}");
        }
    }

    /// Two workgroups at once, as on a program on two CPUs; and tiles of the usual size.
    #[test]
    fn dispatches_stay_short_on_a_slow_device() {
        for (evaluations, alone) in [(1 << 15, 1e-3), (1 << 15, 0.03), (1 << 20, 0.03), (1 << 20, 1.0)] {
            let [seconds, longest, said] = Model { room: 2, alone, dispatch: 3e-4 }.run(evaluations, 2000, 0.1);
            // The first of the usual size are eight; and few of the largest come back in a tenth of a second.
            assert!(longest <= f64::max(0.15, 1.1 * alone), "{evaluations} {alone}: {longest}");
            assert!((0.8..1.5).contains(&(said / seconds)), "{evaluations} {alone}: {said}, not {seconds}");
        }
    }

    #[test]
    fn who_wakes_up_late_forecasts_no_wonder() {
        let mut forecast = Forecast::new(1000, 1.0);
        for seconds in [0.01, 0.02, 1e-6, 0.01, 0.02, 1e-6, 0.01] {
            forecast.took(10, seconds);
        }
        assert!(forecast.is_made() && (forecast.seconds() - 1.0).abs() < 0.05, "{}", forecast.seconds());
    }
}
