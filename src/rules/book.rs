//! Which rules look at what, in the order in which they are asked: lists made once, so that a segment meets only the rules
//! that may have something to say of it. By another order nothing may change: none sees another's verdict.

use super::{Context, Keeps, Needs, Rule, Trigger, Verdict, catalogue};
use std::fmt;
use std::sync::OnceLock;

/// Kinds there are: every set of them that a segment can be.
const KINDS: usize = (Trigger::DAMAGED.0 as usize) << 1;

/// A rule with what is asked of it before it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Its check of a segment.
    pub check: fn(&Context<'_>) -> Verdict,
    /// The rule.
    pub rule: &'static Rule,
    /// Its place in the catalogue.
    pub place: usize,
    /// What a segment must have for it to speak.
    pub needs: Needs,
    /// What it keeps of an equation that holds.
    pub keeps: Keeps,
}

/// All rules, in one order.
pub struct Rulebook {
    rules: Vec<Listed>,
    /// For each kind of segment the rules that look at it.
    on: Vec<OnceLock<Vec<Listed>>>,
    on_error: Vec<Listed>,
    at_end: Vec<Listed>,
}

impl fmt::Debug for Rulebook {
    /// Its rules alone: which lists were made already depends on what else has been judged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rules.iter().map(|it| it.rule.id)).finish()
    }
}

impl Rulebook {
    /// The rules in the order of the catalogue.
    #[must_use]
    pub fn usual() -> &'static Self {
        static USUAL: OnceLock<Rulebook> = OnceLock::new();
        USUAL.get_or_init(|| Self::ordered(|_| {}))
    }

    /// The rules in the order that `reorder` puts them in, from the catalogue's.
    #[must_use]
    pub fn ordered(reorder: impl FnOnce(&mut [Listed])) -> Self {
        let listed = |(place, rule): (usize, &'static Rule)| {
            let Rule { check, needs, keeps, .. } = *rule;
            Listed { check, rule, place, needs, keeps }
        };
        let mut rules: Vec<Listed> = catalogue().enumerate().map(listed).collect();
        reorder(&mut rules);
        let of = |which: fn(&Rule) -> bool| rules.iter().filter(|it| which(it.rule)).copied().collect();
        let (on_error, at_end) = (of(|rule| rule.on_error.is_some()), of(|rule| rule.at_end.is_some()));
        Self { rules, on: (0..KINDS).map(|_| OnceLock::new()).collect(), on_error, at_end }
    }

    /// Those that look at segments of this kind.
    #[must_use]
    pub fn on(&self, kind: Trigger) -> &[Listed] {
        let of_kind = || self.rules.iter().filter(|it| it.rule.on.meets(kind)).copied().collect();
        self.on.get(usize::from(kind.0)).map_or(&[], |list| list.get_or_init(of_kind))
    }

    /// Those that look at ICMP errors.
    #[must_use]
    pub fn on_error(&self) -> &[Listed] {
        &self.on_error
    }

    /// Those that judge a connection as a whole.
    #[must_use]
    pub fn at_end(&self) -> &[Listed] {
        &self.at_end
    }
}
