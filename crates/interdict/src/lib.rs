//! The screening engine of `interdict`: who is this, and may I deal with them?
//!
//! Everything that decides lives here, and nothing else: no file, socket, clock, environment variable or thread.
//! Bytes, time and policy come in as arguments, so the same snapshot, policy and query give the same bytes.
//!
//! The rooms, in reading order; a room uses only rooms above it (a test checks that):
//!
//! | room | from -> to |
//! |---|---|
//! | [`entity`] | the facts: parties, listings, dates, identifiers, where each value came from |
//! | [`lists`] | official file -> entities + problems |
//! | [`change`] | two versions of a list -> what was added, removed, changed |
//! | [`text`] | characters -> comparable characters |
//! | [`names`] | string -> name with roles of its parts; two names -> alignment |
//! | [`prepare`] | party -> all that is computed once and compared often |
//! | [`score`] | pair -> evidence -> score |
//! | [`index`] | prepared entities -> candidates: too many, never too few |
//! | [`policy`] | matches -> decision |
//! | [`engine`] | the immutable facade: query -> screening |
//! | [`gate`] | a new version of a list -> whether it may be screened against |
//! | `document` | text -> mentions -> the same engine |
//! | [`wire`] | all JSON, versioned |

#![deny(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the engine is pure: it prints nothing"
)]

pub mod entity;
pub mod lists;
pub mod change;
pub mod text;
pub mod names;
pub mod prepare;
pub mod score;
pub mod index;
pub mod policy;
pub mod engine;
pub mod gate;
pub mod document;
pub mod wire;
