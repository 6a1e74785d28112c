//! What the rules say in English, in another language: the left sides of their equations, and their reasons.
//!
//! The rules hold the English texts, which machine formats carry as they are; `terms.tsv` has a line for each, the
//! English and the Chinese apart by a tab. Not here: sentences of the reports, which have ids of their own. A test plays
//! every trace and every rule's examples and fails for a text that has no line; another fails for a line that nothing says.

use super::{Language, Words};
use std::collections::HashMap;

/// The lines of the table.
const TABLE: &str = include_str!("terms.tsv");

/// From the English text to that of a language.
pub(super) type Terms = HashMap<&'static str, &'static str>;

/// Each line of the table: English, Chinese.
pub fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// The terms of `language`; none where the rules' own texts are meant.
pub(super) fn of(language: Language) -> Terms {
    match language {
        Language::English => Terms::new(),
        Language::Chinese => lines().collect(),
    }
}

impl Words {
    /// A text of a rule, in the language spoken; as it is where the table has no line for it.
    #[must_use]
    pub fn term<'it>(&'it self, english: &'it str) -> &'it str {
        self.terms.get(english).copied().unwrap_or(english)
    }

    /// An equation `text` whose left side is called `name`, in the language spoken.
    #[must_use]
    pub fn equation(&self, name: &str, text: &str) -> String {
        text.replacen(name, self.term(name), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_has_one_line_and_nothing_of_it_is_empty() {
        let table = of(Language::Chinese);
        assert_eq!(table.len(), lines().count(), "an English text has two lines");
        assert_eq!(lines().count() + 1, TABLE.lines().count(), "a line has no tab");
        assert!(lines().all(|(english, chinese)| !english.trim().is_empty() && !chinese.trim().is_empty()));
    }

    #[test]
    fn an_equation_speaks_chinese_and_keeps_its_numbers() {
        let (en, zh) = (Words::new(Language::English), Words::new(Language::Chinese));
        assert_eq!(zh.equation("SYN-ACK ack", "SYN-ACK ack 101 = 100 + 1"), "SYN-ACK 的 ack 101 = 100 + 1");
        assert_eq!(en.equation("SYN-ACK ack", "SYN-ACK ack 101 = 100 + 1"), "SYN-ACK ack 101 = 100 + 1");
        assert_eq!(zh.term("the window was shut and is open again"), "窗口曾关闭，现已重新打开");
        assert_eq!(zh.term("not yet invented"), "not yet invented");
    }
}
