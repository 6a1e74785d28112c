//! The list of interfaces, and whether this user may capture on them.

use super::grid::{Column, Grid, Text};
use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;
use super::view::InterfaceView;

/// Why nothing can be captured, and what to type.
#[derive(Clone, Copy, Debug)]
pub struct LackView<'v> {
    /// What is missing.
    pub found: &'v str,
    /// What to type next.
    pub remedy: &'v str,
}

/// The table, and below it, once, what keeps this user from capturing.
#[must_use]
pub fn page(views: &[InterfaceView], lack: Option<LackView<'_>>, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let mut grid = Grid::new(
        style,
        vec![
            Column::number(words.say("interfaces-index")),
            Column::firm(words.say("interfaces-name")),
            Column::firm(words.say("interfaces-state")),
            Column::firm(words.say("interfaces-link")),
            Column::loose(words.say("interfaces-addresses")),
            Column::firm(words.say("interfaces-capture")),
        ],
    );
    for view in views {
        grid.row(row(view, style));
    }
    page.block(&grid.finish());
    let example = views.iter().find(|view| view.capture == "yes");
    match (lack, example) {
        (Some(lack), _) => {
            let values = [("found", neutral(lack.found).into()), ("remedy", neutral(lack.remedy).into())];
            page.paragraph(Ink::Bad, &words.say_with("interfaces-lack", &values));
        }
        (None, Some(view)) => {
            let values = [("name", neutral(&view.name).into())];
            page.paragraph(Ink::Faint, &words.say_with("interfaces-type", &values));
        }
        (None, None) => {}
    }
    page.finish()
}

fn row(view: &InterfaceView, style: &Style<'_>) -> Vec<Text> {
    let words = style.words;
    let state = Text::new(
        match view.state {
            "running" => Ink::Good,
            "up" => Ink::Doubt,
            _ => Ink::Faint,
        },
        words.named("interface-state", view.state),
    );
    let link = match &view.link {
        None => words.say("interfaces-link-unknown"),
        Some(link) => match &link.name {
            None => link.number.to_string(),
            Some(name) => format!("{} {}", link.number, neutral(name)),
        },
    };
    let addresses: Vec<&str> = view.mac.iter().chain(&view.addresses).map(String::as_str).collect();
    vec![
        view.index.map(|index| index.to_string()).unwrap_or_default().into(),
        Text::new(Ink::Strong, neutral(&view.name)),
        state,
        link.into(),
        neutral(&addresses.join(" ")).replace(' ', "\n").into(),
        Text::new(if view.capture == "yes" { Ink::Good } else { Ink::Bad }, words.named("may-capture", view.capture)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::{LinkView, SCHEMA};
    use crate::report::words::{Language, Words};

    fn views() -> Vec<InterfaceView> {
        let view = |index, name: &str, state, capture| InterfaceView {
            schema: SCHEMA,
            kind: "interface",
            name: name.to_owned(),
            index,
            state,
            addresses: vec!["127.0.0.1/8".to_owned(), "::1/128".to_owned()],
            mac: Some("02:00:5e:00:53:01".to_owned()),
            link: Some(LinkView { number: 1, name: Some("EN10MB".to_owned()) }),
            capture,
        };
        let any = InterfaceView { addresses: Vec::new(), mac: None, link: None, ..view(None, "any", "running", "yes") };
        vec![view(Some(1), "lo", "running", "yes"), view(Some(2), "eth0", "down", "down"), any]
    }

    #[test]
    fn every_interface_has_a_row_and_the_next_step_is_said() {
        for language in Language::ALL {
            let words = Words::new(language);
            let text = page(&views(), None, &Style::new(&words));
            for wanted in ["lo", "eth0", "any", "127.0.0.1/8", "::1/128", "02:00:5e:00:53:01", "EN10MB", "live -i lo"] {
                assert!(text.contains(wanted), "{language} {wanted}: {text}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_said_once() {
        let words = Words::new(Language::English);
        let lack = LackView { found: "wanted CAP_NET_RAW, found none", remedy: "type `sudo x`" };
        let mut views = views();
        views.iter_mut().for_each(|view| view.capture = "no");
        let text = page(&views, Some(lack), &Style { width: 200, ..Style::new(&words) });
        assert_eq!(text.matches("CAP_NET_RAW").count(), 1);
        assert!(text.contains("type `sudo x`") && !text.contains("live -i"), "{text}");
    }
}
