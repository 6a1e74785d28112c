//! Every sentence that people read, in two languages, from the catalogues `words/en.ftl` and `words/zh.ftl`.
//!
//! Not here: ids, state names and JSON, which never translate. Any part that prints for people may use it.
//! A test fails for a message that one language lacks, for one whose variables differ, and for an id that is
//! used in the sources and in no catalogue, so the fallback (the id itself) is never seen.

pub mod terms;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource};
use std::fmt;
use unic_langid::LanguageIdentifier;

/// A number or a text put into a sentence. Numbers choose the plural.
pub use fluent::FluentValue as Value;

/// The catalogue in English.
pub const ENGLISH: &str = include_str!("words/en.ftl");

/// The catalogue in Chinese.
pub const CHINESE: &str = include_str!("words/zh.ftl");

/// A language that synfin speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in the terms of Chinese textbooks.
    Chinese,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// `en` or `zh`, as the option `--lang` takes it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The language named `en` or `zh`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.id() == id)
    }

    /// The language of the locale: the first that is set and not empty of `LC_ALL`, `LC_MESSAGES` and `LANG`.
    ///
    /// Chinese comes out as UTF-8, so a Chinese locale of another encoding (`zh_CN.GB18030`) gets English, which it can show.
    #[must_use]
    pub fn from_environment(lc_all: Option<&str>, lc_messages: Option<&str>, lang: Option<&str>) -> Self {
        let locale = [lc_all, lc_messages, lang].into_iter().flatten().find(|value| !value.is_empty()).unwrap_or("");
        let (place, encoding) = locale.split_once('.').unwrap_or((locale, "UTF-8"));
        let tongue = place.split(['_', '-', '@']).next().unwrap_or("");
        let encoding = encoding.split('@').next().unwrap_or("").to_ascii_uppercase().replace('-', "");
        if tongue.eq_ignore_ascii_case("zh") && encoding == "UTF8" { Self::Chinese } else { Self::English }
    }

    const fn catalogue(self) -> &'static str {
        match self {
            Self::English => ENGLISH,
            Self::Chinese => CHINESE,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// The catalogue of one language, ready to speak.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    terms: terms::Terms,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Words {
    /// The words of `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        // The tag chooses the rules for plurals.
        let tag: LanguageIdentifier = language.id().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks that isolate the direction of a value would be counted as text by terminals that show them.
        bundle.set_use_isolating(false);
        // A catalogue with a mistake keeps its good messages; a test sees to it that there is none.
        let resource = FluentResource::try_new(language.catalogue().to_owned()).unwrap_or_else(|(rest, _)| rest);
        let _ = bundle.add_resource(resource);
        Self { language, bundle, terms: terms::of(language) }
    }

    /// The language spoken.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence `id`, which takes no values.
    #[must_use]
    pub fn say(&self, id: &str) -> String {
        self.say_with(id, &[])
    }

    /// The sentence `id` with `values` in it.
    #[must_use]
    pub fn say_with(&self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        self.find(id, values).unwrap_or_else(|| id.to_owned())
    }

    /// The word for one `name` of a `family` of ids (`handshake`, `three-way`), or the name itself where there is none.
    ///
    /// The families are those of the views; a name that a later version adds shows as it is.
    #[must_use]
    pub fn named(&self, family: &str, name: &str) -> String {
        self.find(&format!("{family}-{name}"), &[]).unwrap_or_else(|| name.to_owned())
    }

    fn find(&self, id: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut given = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            given.set((*name).to_owned(), value.clone());
        }
        let mut mistakes = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&given), &mut mistakes).into_owned();
        Some(if self.language == Language::Chinese { close_up(&said) } else { said })
    }
}

/// Without the single spaces between two Chinese characters: a value stands between spaces for the sake of Latin letters
/// and digits, and may itself be Chinese.
fn close_up(text: &str) -> String {
    let chinese = |letter: Option<char>| letter.is_some_and(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    let letters: Vec<char> = text.chars().collect();
    let needless = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| letters.get(before).copied());
        chinese(before) && chinese(letters.get(at + 1).copied())
    };
    letters
        .iter()
        .enumerate()
        .filter(|(at, letter)| **letter != ' ' || !needless(*at))
        .map(|(_, letter)| letter)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_values_stand_without_spaces_in_chinese_sentences() {
        assert_eq!(
            close_up("A 的 数据（第 4 帧）1.0 毫秒 以 ICMP，处于 未知状态 和 B"),
            "A 的数据（第 4 帧）1.0 毫秒以 ICMP，处于未知状态和 B"
        );
        assert_eq!(close_up("成立   不成立 "), "成立   不成立 ");
    }

    #[test]
    fn the_first_locale_that_is_set_decides() {
        let of = Language::from_environment;
        assert_eq!(of(None, None, None), Language::English);
        assert_eq!(of(None, None, Some("zh_CN.UTF-8")), Language::Chinese);
        assert_eq!(of(Some("C"), None, Some("zh_CN.UTF-8")), Language::English);
        assert_eq!(of(Some(""), Some("zh_TW.utf8"), Some("en_US.UTF-8")), Language::Chinese);
        assert_eq!(of(None, Some("de_DE.UTF-8"), Some("zh_CN.UTF-8")), Language::English);
        assert_eq!(of(None, None, Some("zh")), Language::Chinese);
        assert_eq!(of(None, None, Some("zha_CN")), Language::English);
        assert_eq!(of(None, None, Some("zh_CN.GB18030")), Language::English);
    }

    #[test]
    fn ids_name_languages_both_ways() {
        for language in Language::ALL {
            assert_eq!(Language::from_id(language.id()), Some(language));
        }
        assert_eq!(Language::from_id("fr"), None);
    }

    #[test]
    fn values_stand_in_sentences_without_isolation_marks() {
        for language in Language::ALL {
            let said = Words::new(language).say_with("ladder-folded", &[("count", 12.into())]);
            assert!(said.contains("12") && !said.contains('\u{2068}'), "{said:?}");
        }
    }

    #[test]
    fn an_unknown_name_shows_as_it_is() {
        assert_eq!(Words::new(Language::Chinese).named("ignored", "not-yet-invented"), "not-yet-invented");
    }
}
