//! Which rules look at what: lists made once, so that a segment meets only the rules that may have something to say of it.
//!
//! Only `judge` uses them.

use crate::rules::{Context, Keeps, Needs, Rule, Trigger, Verdict, catalogue};
use std::sync::OnceLock;

/// Rules with what is asked of each before it is looked at.
pub(super) type List = Vec<Listed>;

/// A rule that looks at one kind of segment, with its place in the catalogue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    pub(super) check: fn(&Context<'_>) -> Verdict,
    pub(super) rule: &'static Rule,
    pub(super) place: usize,
    pub(super) needs: Needs,
    pub(super) keeps: Keeps,
}

/// Kinds there are: every set of them that a segment can be.
const KINDS: usize = (Trigger::DAMAGED.0 as usize) << 1;

/// For each kind the rules that look at it, so that a segment meets no other.
static LISTS: [OnceLock<List>; KINDS] = [const { OnceLock::new() }; KINDS];

static ON_ERROR: OnceLock<List> = OnceLock::new();
static AT_END: OnceLock<List> = OnceLock::new();

/// The rules that look at ICMP errors.
pub(super) fn on_errors() -> &'static [Listed] {
    ON_ERROR.get_or_init(|| listed(|rule| rule.on_error.is_some()))
}

/// The rules that judge a connection as a whole.
pub(super) fn at_end() -> &'static [Listed] {
    AT_END.get_or_init(|| listed(|rule| rule.at_end.is_some()))
}

fn listed(which: impl Fn(&Rule) -> bool) -> List {
    let found = catalogue().enumerate().filter(|(_, rule)| which(rule));
    found.map(|(place, rule)| Listed { check: rule.check, rule, place, needs: rule.needs, keeps: rule.keeps }).collect()
}

pub(super) fn rules_on(kind: Trigger) -> &'static [Listed] {
    let of_kind = || listed(|rule| rule.on.meets(kind));
    LISTS.get(usize::from(kind.0)).map_or(&[], |list| list.get_or_init(of_kind))
}
