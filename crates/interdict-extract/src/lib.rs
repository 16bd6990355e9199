//! Bytes of a file from outside -> what is in it. Hostile input lives here: every reader has limits that its caller names.

pub mod unpack;
