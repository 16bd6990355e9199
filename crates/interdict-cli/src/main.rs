//! The program `interdict`: what was typed (`args`) -> what to do (`plan`) -> one function a command -> exit code.

mod args;
mod plan;
mod embedded;
mod guard;
mod paint;
mod progress;
mod loading;
mod records;
mod screen;
mod explain;
mod coverage;
mod control;
mod admit;
mod lists;
mod history;
mod diff;
mod read;
mod page;
mod report;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};
use interdict::policy::Decision;

use args::{Args, Command, ListsCommand};
use paint::{Out, plain};
use plan::{Failure, Plan};

fn main() -> ExitCode {
    guard::quiet_panics();
    let code = guard::guarded(run).unwrap_or_else(|message| {
        eprintln!("interdict: error inside the program: {}", plain(&message));
        Decision::Error.exit_code()
    });
    ExitCode::from(code)
}

fn run() -> u8 {
    let args = match Args::try_parse() {
        Ok(it) => it,
        Err(it) => {
            if matches!(it.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                // A reader who leaves early is no error.
                let _ = it.print();
                return Decision::Clear.exit_code();
            }
            // The message holds what was typed. clap's own code for a wrong usage is none of ours, and never may it read as clear.
            for line in it.render().to_string().lines() {
                eprintln!("{}", plain(line));
            }
            return Decision::Error.exit_code();
        }
    };
    let plan = Plan::new(&args);
    let mut out = Out::new();
    let json = args.command.json();
    let answers = args.command.answers();
    let done = dispatch(args, &plan, &mut out);
    let decision = done.unwrap_or_else(|failure| {
        if json {
            let failure = interdict::wire::failure(answers, &failure.0);
            out.print(&(interdict::wire::to_line(&failure) + "\n"));
        }
        eprintln!("interdict: {}", plain(&failure.0));
        Decision::Error
    });
    match out.close() {
        Ok(()) => decision.exit_code(),
        Err(error) => {
            eprintln!("interdict: the output could not be written: {error}");
            Decision::Error.exit_code()
        }
    }
}

/// The table of commands.
fn dispatch(args: Args, plan: &Plan, out: &mut Out) -> Result<Decision, Failure> {
    match args.command {
        Command::Screen(it) => screen::run(it, plan, out),
        Command::Read(it) => read::run(&it, plan, out),
        Command::Explain(it) => explain::run(it, plan, out),
        Command::Coverage(it) => coverage::run(&it, plan, out),
        Command::Lists { command } => match command {
            ListsCommand::Add(it) => lists::add(&it, plan, out),
            ListsCommand::Import(it) => history::import(&it, plan, out),
            ListsCommand::Log(it) => history::log(&it, plan, out),
            ListsCommand::Show(it) => lists::show(&it, plan, out),
            ListsCommand::Check(it) => lists::check(&it, plan, out),
            ListsCommand::Remove(it) => lists::remove(&it, plan, out),
            ListsCommand::Diff(it) => diff::run(&it, plan, out),
            ListsCommand::Report(it) => report::run(&it, plan, out),
        },
        Command::Policies => {
            embedded::show_policies(plan, out)?;
            Ok(Decision::Clear)
        }
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "interdict", &mut text);
            out.print(&String::from_utf8_lossy(&text));
            Ok(Decision::Clear)
        }
    }
}
