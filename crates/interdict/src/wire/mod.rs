//! All JSON, versioned: screening and check out, records in. Types with serde live in this room and nowhere else.
//!
//! Every document carries `"schema":"interdict.<what>/<version>"`. Within a version fields may be added and none is lost or
//! changes its meaning; docs/json.md describes each.

pub mod explain;
pub mod screening;
pub mod record;
pub mod checked;

