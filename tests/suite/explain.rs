//! What `synfin explain` says: the page of all requirements of RFC 9293 as a reviewed snapshot, and the whole as one document.

use synfin::report::explain::{Form, all, coverage};
use synfin::report::style::Style;
use synfin::report::words::{Language, Words};
use synfin::rules::coverage::rows;

#[test]
fn the_coverage_of_the_requirements_is_printed_as_reviewed() {
    for language in Language::ALL {
        let words = Words::new(language);
        let page = coverage(Form::Text, &Style { width: 120, ..Style::new(&words) });
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("coverage_{language}"), page);
        });
    }
}

#[test]
fn the_page_of_the_coverage_has_every_requirement_with_its_rules_and_reason() {
    for language in Language::ALL {
        let words = Words::new(language);
        let text = coverage(Form::Markdown, &Style::new(&words));
        for row in rows() {
            let line = text.lines().find(|line| line.starts_with(&format!("| {} |", row.id)));
            let line = line.unwrap_or_else(|| panic!("{language}: no line for {}", row.id));
            assert!(row.rules().all(|rule| line.contains(rule.id)), "{line}");
            let why = row.unseen.map(|why| if language == Language::English { why.en } else { why.zh });
            assert!(why.is_none_or(|why| line.contains(why)), "{line}");
        }
    }
}

#[test]
fn every_page_together_is_one_document() {
    for language in Language::ALL {
        let words = Words::new(language);
        let text = all(Form::Markdown, &Style::new(&words));
        let titles: Vec<&str> = text.lines().filter(|line| line.starts_with("# ")).collect();
        for wanted in ["# hs-synack-ack", "# sack-max", "# TIME-WAIT", "# undecided"] {
            assert_eq!(titles.iter().filter(|title| **title == wanted).count(), 1, "{wanted}: {titles:?}");
        }
        let fences = text.lines().filter(|line| line.starts_with("```")).count();
        assert_eq!(fences % 2, 0, "a drawing is not closed");
    }
}
