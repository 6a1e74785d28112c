//! A live capture's own circumstances: how it began, how it stands, and what was granted and cannot be known at its end.

use super::layout::Page;
use super::style::{Ink, Style};
use super::terminal::neutral;

/// How a live capture stands, or stood at its end.
#[derive(Clone, Debug)]
pub struct LiveView {
    /// The interface.
    pub interface: String,
    /// `pcap` or `raw`.
    pub backend: &'static str,
    /// What frames start with: `EN10MB`, or the number of a link type without a name.
    pub link: String,
    /// Octets kept of each frame at most.
    pub snap: u32,
    /// Octets of kernel buffer asked for.
    pub asked: u64,
    /// Octets of kernel buffer granted.
    pub granted: u64,
    /// The expression that frames had to pass, if one was given.
    pub filter: Option<String>,
    /// Frames read.
    pub read: u64,
    /// Frames that passed the filter in the kernel, lost ones included.
    pub received: u64,
    /// Frames that the kernel dropped for want of room, where known.
    pub kernel: Option<u64>,
    /// Frames that the interface dropped, where known.
    pub driver: Option<u64>,
    /// Frames with the kernel's stamp.
    pub stamped_by_kernel: u64,
    /// Frames that were stamped when they were read.
    pub stamped_by_clock: u64,
    /// The file that the frames were saved in, if any.
    pub saved: Option<String>,
}

/// What is captured, and how it is ended.
#[must_use]
pub fn began(view: &LiveView, style: &Style<'_>) -> String {
    let words = style.words;
    let values = [("interface", neutral(&view.interface).into()), ("link", neutral(&view.link).into())];
    let mut text = words.say_with("live-began", &values);
    if let Some(filter) = &view.filter {
        text.push_str(&words.say_with("live-began-filter", &[("filter", neutral(filter).into())]));
    }
    text.push_str(&words.say("live-began-end"));
    let mut page = Page::new(style);
    page.paragraph(Ink::Faint, &text);
    page.finish()
}

/// The counters while it runs.
#[must_use]
pub fn counters(view: &LiveView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    let known = |count: Option<u64>| count.map_or_else(|| style.words.say("live-unknown"), |count| count.to_string());
    let values = [
        ("interface", neutral(&view.interface).into()),
        ("read", view.read.into()),
        ("received", view.received.into()),
        ("kernel", known(view.kernel).into()),
        ("driver", known(view.driver).into()),
    ];
    page.paragraph(Ink::Plain, &style.words.say_with("live-counters", &values));
    page.finish()
}

/// What was granted, who stamped the frames, what cannot be known.
#[must_use]
pub fn ended(view: &LiveView, style: &Style<'_>) -> String {
    let words = style.words;
    let mut page = Page::new(style);
    let values = [
        ("backend", view.backend.into()),
        ("granted", size(view.granted).into()),
        ("asked", size(view.asked).into()),
        ("snap", view.snap.into()),
        ("kernel", view.stamped_by_kernel.into()),
        ("clock", view.stamped_by_clock.into()),
        ("received", view.received.into()),
    ];
    if view.granted < view.asked {
        page.hanging(Ink::Doubt, "  ", &words.say_with("live-buffer-less", &values));
    } else {
        page.hanging(Ink::Plain, "  ", &words.say_with("live-buffer", &values));
    }
    page.hanging(Ink::Plain, "  ", &words.say_with("live-received", &values));
    if view.stamped_by_clock > 0 {
        page.hanging(Ink::Doubt, "  ", &words.say_with("live-stamps-mixed", &values));
    } else {
        page.hanging(Ink::Plain, "  ", &words.say("live-stamps-kernel"));
    }
    page.hanging(Ink::Plain, "  ", &words.named("live-limits", view.backend));
    page.finish() + &saved(view, style)
}

/// Where the frames were saved, if they were.
#[must_use]
pub fn saved(view: &LiveView, style: &Style<'_>) -> String {
    let mut page = Page::new(style);
    if let Some(file) = &view.saved {
        page.hanging(Ink::Plain, "  ", &style.words.say_with("live-saved", &[("file", neutral(file).into())]));
    }
    page.finish()
}

/// Octets in the largest binary unit that divides them.
fn size(octets: u64) -> String {
    match octets {
        0 => "0".to_owned(),
        whole if whole % (1 << 30) == 0 => format!("{} GiB", whole >> 30),
        whole if whole % (1 << 20) == 0 => format!("{} MiB", whole >> 20),
        whole if whole % (1 << 10) == 0 => format!("{} KiB", whole >> 10),
        odd => format!("{odd} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::words::{Language, Words};

    fn view() -> LiveView {
        LiveView {
            interface: "lo".to_owned(),
            backend: "raw",
            link: "EN10MB".to_owned(),
            snap: 262_144,
            asked: 64 << 20,
            granted: 212_992,
            filter: Some("tcp port 80".to_owned()),
            read: 9,
            received: 10,
            kernel: Some(1),
            driver: None,
            stamped_by_kernel: 7,
            stamped_by_clock: 2,
            saved: Some("/tmp/a\u{1b}.pcapng".to_owned()),
        }
    }

    #[test]
    fn the_beginning_says_what_and_how_to_end() {
        let words = Words::new(Language::English);
        let style = Style { width: 200, ..Style::new(&words) };
        assert_eq!(
            began(&view(), &style),
            "capturing on lo (EN10MB), filter \"tcp port 80\"; Ctrl-C ends and reports\n"
        );
    }

    #[test]
    fn what_is_not_known_is_said_and_never_counted_as_none() {
        let words = Words::new(Language::English);
        let style = Style { width: 200, ..Style::new(&words) };
        assert_eq!(
            counters(&view(), &style),
            "lo: 9 frames read, 10 passed the filter in the kernel; dropped by the kernel: 1, by the interface: not known\n"
        );
    }

    #[test]
    fn the_end_names_what_was_asked_for_and_not_granted() {
        for language in Language::ALL {
            let words = Words::new(language);
            let text = ended(&view(), &Style { width: 200, ..Style::new(&words) });
            for wanted in ["64 MiB", "208 KiB", "262", "VLAN", "7", "2", "a\\x1b.pcapng"] {
                assert!(text.contains(wanted), "{language} {wanted}: {text}");
            }
        }
    }
}
