//! `synfin explain`: what a rule, a state, an arc, a guard, a kind of segment or a word of the reports means.

use super::analyze::unwritable;
use super::out::{note, page};
use super::screen::{Format, Lang, Screen, ScreenArgs};
use super::verdict::FailOn;
use clap::{Args, ValueEnum};
use std::process::ExitCode;
use synfin::report::explain::{self, Form, Topic};
use synfin::report::style::Style;
use synfin::report::terminal::Colour;

/// How the explanation is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Written {
    /// For a terminal.
    Text,
    /// Markdown, to be kept or published.
    Markdown,
}

/// What `synfin explain` takes.
#[derive(Args)]
pub struct ExplainArgs {
    /// A rule (hs-synack-ack), a state (ESTABLISHED, or as ss spells it), an arc (F14), a requirement of RFC 9293
    /// (MUST-10), a guard (stranger), a kind of segment (keep-alive), a word (undecided)
    #[arg(value_name = "NAME", group = "what")]
    name: Option<String>,
    /// List everything that can be explained, as without a name
    #[arg(long, group = "what")]
    list: bool,
    /// Each requirement of RFC 9293: the rules that see it kept or broken, or why no tap can
    #[arg(long, group = "what")]
    coverage: bool,
    /// Every page, one behind the other
    #[arg(long, group = "what")]
    all: bool,
    /// How it is written
    #[arg(long, value_enum, default_value = "text")]
    format: Written,
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
    let (style, form) = match args.format {
        Written::Text => (screen.style(), Form::Text),
        Written::Markdown => (Style { colour: Colour::Never, ..screen.style() }, Form::Markdown),
    };
    let text = match args.name.as_deref() {
        None if args.coverage => explain::coverage(form, &style),
        None if args.all => explain::all(form, &style),
        None => explain::list(form, &style),
        Some(name) => match Topic::named(name) {
            Some(topic) => explain::page(topic, form, &style),
            None => {
                note(format_args!(
                    "synfin: cannot explain \"{name}\": no rule, state, arc, requirement, guard, kind of segment or word has that name"
                ));
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
