//! `synfin explain`: what a rule, a state, an arc or a word of the reports means.

use super::analyze::unwritable;
use super::out::{note, page};
use super::screen::{Format, Lang, Screen, ScreenArgs};
use super::verdict::FailOn;
use clap::Args;
use std::process::ExitCode;
use synfin::report::explain::{self, Topic};

/// What `synfin explain` takes.
#[derive(Args)]
pub struct ExplainArgs {
    /// A rule (hs-synack-ack), a state (ESTABLISHED, or as ss spells it), an arc (F14), a word (undecided)
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// List every rule and state, as without a name
    #[arg(long, conflicts_with = "name")]
    list: bool,
    /// Language; the locale's if not given
    #[arg(long, value_enum, env = "SYNFIN_LANG")]
    lang: Option<Lang>,
    /// Columns to fit the page into; the terminal's if not given
    #[arg(long, value_name = "COLUMNS")]
    width: Option<u16>,
}

/// Does it, or says which name may have been meant.
pub fn run(args: &ExplainArgs) -> ExitCode {
    let screen = Screen::new(&ScreenArgs {
        format: Format::Table,
        lang: args.lang,
        fail_on: FailOn::Never,
        width: args.width,
        absolute: false,
    });
    let style = screen.style();
    let text = match args.name.as_deref() {
        None => explain::list(&style),
        Some(name) => match Topic::named(name) {
            Some(topic) => explain::page(topic, &style),
            None => {
                note(format_args!("synfin: cannot explain \"{name}\": no rule, state, arc or word has that name"));
                match Topic::nearest(name) {
                    Some(near) => note(format_args!("type \"synfin explain {near}\" if that was meant")),
                    None => note(format_args!("type \"synfin explain --list\" for all of them")),
                }
                return ExitCode::from(2);
            }
        },
    };
    match page(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => unwritable(&error),
    }
}
