//! A panic -> an error of one record, never the end of the others.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

/// Panics are reported by those who catch them; nobody is shown a backtrace.
pub fn quiet_panics() {
    panic::set_hook(Box::new(|_| {}));
}

/// Runs something that may panic.
///
/// # Errors
/// The panic's message.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What was half changed is thrown away with the record: the engine is immutable and every answer is built anew.
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|it| message(it.as_ref()))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|it| (*it).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        assert_eq!(guarded(|| 1), Ok(1));
        let broken = || -> u8 { panic!("record {}", 7) };
        assert_eq!(guarded(broken), Err("record 7".to_owned()));
    }
}
