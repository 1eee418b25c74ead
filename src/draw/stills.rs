//! Tensors of a run's state as they were after some of its steps: what mosaics show.

/// What all stills of a run may take up, bytes.
const ROOM: usize = 96 << 20;

/// The kept states of one run, by the tensor's name and the number of steps after which it was so.
#[derive(Clone, Debug, Default)]
pub struct Stills {
    kept: Vec<Still>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Still {
    name: String,
    /// The last step before it.
    step: usize,
    values: Vec<f32>,
}

impl Stills {
    /// Keeps a tensor as it is after `steps` steps. When there is no more room, every second older one of the largest goes:
    /// what is left still shows the whole course.
    pub fn add(&mut self, name: &str, steps: usize, values: Vec<f32>) {
        let step = steps.saturating_sub(1);
        self.kept.retain(|still| still.name != name || still.step != step);
        self.kept.push(Still { name: name.into(), step, values });
        self.bytes = self.kept.iter().map(|still| 4 * still.values.len()).sum();
        while self.bytes > ROOM && self.thin() {
            self.bytes = self.kept.iter().map(|still| 4 * still.values.len()).sum();
        }
    }

    /// Drops every second still of the tensor that takes up most, never its first or its last; whether that gave room.
    fn thin(&mut self) -> bool {
        let taken = |name: &str| -> usize {
            self.kept.iter().filter(|still| still.name == name).map(|still| still.values.len()).sum()
        };
        let Some(name) = self.kept.iter().map(|still| still.name.clone()).max_by_key(|name| taken(name)) else {
            return false;
        };
        let last = self.kept.iter().filter(|still| still.name == name).count().saturating_sub(1);
        let before = self.kept.len();
        let mut at = 0;
        self.kept.retain(|still| {
            if still.name != name {
                return true;
            }
            at += 1;
            at % 2 == 1 || at - 1 == last
        });
        self.kept.len() < before
    }

    /// The tensor as it was at a step, or the newest before it (the oldest where there is none), and that step.
    pub fn at(&self, name: &str, step: usize) -> Option<(usize, &[f32])> {
        let of_name = || self.kept.iter().filter(|still| still.name == name);
        let newest = of_name().filter(|still| still.step <= step).max_by_key(|still| still.step);
        let found = newest.or_else(|| of_name().min_by_key(|still| still.step))?;
        Some((found.step, &found.values))
    }

    /// Whether the tensor is known as it is after so many steps.
    pub fn has(&self, name: &str, steps: usize) -> bool {
        self.kept.iter().any(|still| still.name == name && still.step + 1 == steps.max(1))
    }
}
