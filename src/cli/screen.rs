//! What every command that reports takes: format, language, threshold; and what the terminal can show.

use super::verdict::FailOn;
use clap::{Args, ValueEnum};
use std::env;
use std::io::{self, IsTerminal};
use synfin::report::style::{Numbers, Style};
use synfin::report::terminal::{Charset, Colour, Output, width, width_of};
use synfin::report::words::{Language, Words};

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// Tables for people.
    Table,
    /// One JSON array.
    Json,
    /// One JSON object a line, each as soon as it is final.
    Jsonl,
}

/// The language of what people read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Lang {
    /// English.
    En,
    /// 中文
    Zh,
}

/// Options of every command that reports.
#[derive(Args, Clone, Debug)]
pub struct ScreenArgs {
    /// How results are written
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// Language of what people read; the locale's if not given. Machine formats never translate
    #[arg(long, value_enum, env = "SYNFIN_LANG")]
    pub lang: Option<Lang>,
    /// Exit with 1 from which severity of findings on
    #[arg(long, value_enum, default_value = "violation", value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Columns to fit tables into; the terminal's if not given
    #[arg(long, value_name = "COLUMNS")]
    pub width: Option<u16>,
    /// Sequence numbers as on the wire in ladders, not from the initial one
    #[arg(long)]
    pub absolute: bool,
}

/// The terminal and the words, once found out.
pub struct Screen {
    words: Words,
    width: u16,
    colour: Colour,
    charset: Charset,
    numbers: Numbers,
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

impl Screen {
    /// Asks the environment and the terminal.
    #[must_use]
    pub fn new(args: &ScreenArgs) -> Self {
        let [all, messages, kind, lang] = ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"].map(variable);
        let language = match args.lang {
            Some(Lang::En) => Language::English,
            Some(Lang::Zh) => Language::Chinese,
            None => Language::from_environment(all.as_deref(), messages.as_deref(), lang.as_deref()),
        };
        let stdout = io::stdout();
        let output = if stdout.is_terminal() { Output::Terminal } else { Output::Other };
        Self {
            words: Words::new(language),
            width: width(args.width, width_of(&stdout), variable("COLUMNS").as_deref()),
            colour: Colour::from_environment(
                variable("NO_COLOR").as_deref(),
                variable("CLICOLOR_FORCE").as_deref(),
                variable("TERM").as_deref(),
                output,
            ),
            charset: Charset::from_environment(all.as_deref(), kind.as_deref(), lang.as_deref()),
            numbers: if args.absolute { Numbers::Absolute } else { Numbers::Relative },
        }
    }

    /// How pages are to look.
    #[must_use]
    pub fn style(&self) -> Style<'_> {
        Style {
            words: &self.words,
            width: self.width,
            colour: self.colour,
            charset: self.charset,
            numbers: self.numbers,
        }
    }
}
