//! Gates on small lists, each with one thing wrong.
