//! What `cargo xtask` is made of. One module per command, and below them what they share:
//! `page` builds the page, `server` serves it, `tools` finds or installs what the system must have,
//! `html` and `modules` rewrite the page for the single file, `shell` runs other programs, `tree` handles folders.
//!
//! Every error is one sentence for the terminal, hence `Result<_, String>` throughout.

pub mod bench;
pub mod cli;
pub mod data;
pub mod dist;
pub mod html;
pub mod modules;
pub mod page;
pub mod serve;
pub mod server;
pub mod shell;
pub mod single;
pub mod sizes;
pub mod test;
pub mod tools;
pub mod tree;
