//! A closer look: what a run's numbers say about compression and the forming of structure.

use super::settings::Ntk;
use crate::analysis::CloserLook;
use crate::labs::Seen;

/// What there is to see in runs of these settings.
pub fn look(_ntk: &Ntk, _runs: &[Seen]) -> CloserLook {
    CloserLook::default()
}
