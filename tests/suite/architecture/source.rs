//! A Rust file read just well enough to say which modules and crates it names: comments and strings blanked,
//! `use` trees spread out, `super` followed. No parser: a file that rustc accepts is all it needs to cope with.

use std::collections::BTreeSet;

/// The paths of one file under `src`.
pub(super) struct Source {
    modules: Vec<String>,
    /// Each imported path in full, then each path used in place; the flag tells them apart.
    imported: Vec<Vec<String>>,
    in_place: Vec<Vec<String>>,
}

impl Source {
    /// Reads a file; `path` is from `src`.
    pub(super) fn read(path: &str, text: &str) -> Self {
        let modules: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        let code = code(text);
        // Inside a file's own tests, `super` is the file.
        let tests = code.find("#[cfg(test)]").unwrap_or(code.len());
        let (mut imported, mut in_place) = (Vec::new(), Vec::new());
        for (part, depth) in [(&code[..tests], modules.len()), (&code[tests..], modules.len() + 1)] {
            let (trees, rest) = split_uses(part);
            let spread = trees.iter().flat_map(|tree| spread(tree));
            imported.extend(spread.map(|path| rooted(path, depth)));
            in_place.extend(paths(&rest).into_iter().map(|path| rooted(path, depth)));
        }
        Self { modules, imported, in_place }
    }

    /// The top-level module the file belongs to.
    pub(super) fn module(&self) -> &str {
        self.modules.first().map_or("", String::as_str)
    }

    /// Top-level modules named through `crate` or `super`.
    pub(super) fn used_modules(&self) -> BTreeSet<String> {
        let all = self.imported.iter().chain(&self.in_place);
        all.filter(|path| path.first().is_some_and(|it| it == "crate"))
            .filter_map(|path| path.get(1).cloned())
            .collect()
    }

    /// Names that can be crates: first in an import, or first in a path and not imported.
    pub(super) fn used_crates(&self) -> BTreeSet<String> {
        let mut used = self.imported_crates();
        let brought_in: BTreeSet<&String> = self.imported.iter().filter_map(|path| path.last()).collect();
        let first = self.in_place.iter().filter_map(|path| path.first());
        used.extend(first.filter(|name| !brought_in.contains(name)).cloned());
        used
    }

    /// The first name of each import.
    pub(super) fn imported_crates(&self) -> BTreeSet<String> {
        self.imported.iter().filter_map(|path| path.first().cloned()).collect()
    }
}

/// A path that climbs out of a module `depth` deep, written from `crate`.
fn rooted(path: Vec<String>, depth: usize) -> Vec<String> {
    let climbs = path.iter().skip_while(|it| *it == "self").take_while(|it| *it == "super").count();
    if climbs < depth || climbs == 0 {
        return path;
    }
    let rest = path.into_iter().filter(|it| it != "super" && it != "self");
    std::iter::once("crate".to_owned()).chain(rest).collect()
}

/// The trees of all `use` items, and the code without them.
fn split_uses(code: &str) -> (Vec<String>, String) {
    let (mut trees, mut rest) = (Vec::new(), String::new());
    for (index, piece) in code.split(';').enumerate() {
        let start = piece.rfind(['{', '}', ']', ')']).filter(|_| !piece.contains("use ")).map_or(0, |at| at + 1);
        let at = piece.match_indices("use ").find(|(at, _)| {
            *at >= start
                && piece[..*at].chars().next_back().is_none_or(|before| before.is_whitespace() || before == '{')
        });
        if index > 0 {
            rest.push(';');
        }
        match at {
            Some((at, word)) => {
                rest.push_str(&piece[..at]);
                trees.push(piece[at + word.len()..].to_owned());
            }
            None => rest.push_str(piece),
        }
    }
    (trees, rest)
}

/// `a::{b, c::d as e}` as `a::b` and `a::c::d`.
fn spread(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim().trim_start_matches("::");
    if let Some((stem, branches)) = tree.split_once('{') {
        let stem: Vec<String> = names(stem);
        let inner = branches.rsplit_once('}').map_or(branches, |(inner, _)| inner);
        let branches = top_level(inner).into_iter().flat_map(spread);
        return branches.map(|branch| [stem.clone(), branch].concat()).collect();
    }
    let path = names(tree.split(" as ").next().unwrap_or(tree));
    if path.is_empty() { Vec::new() } else { vec![path] }
}

fn names(path: &str) -> Vec<String> {
    path.split("::").map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Splits at the commas that stand in no braces.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts
}

/// Every `a::b::c` of code without `use` items.
fn paths(code: &str) -> Vec<Vec<String>> {
    let is_path = |letter: char| is_word(letter) || letter == ':';
    let pieces = code.split(|letter: char| !is_path(letter)).filter(|piece| piece.contains("::"));
    pieces.map(names).filter(|path| path.len() > 1).collect()
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The words of blanked code.
pub(super) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !is_word(letter)).filter(|word| !word.is_empty())
}

/// The text with comments and the insides of strings and character literals blanked; line ends stay.
pub(super) fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let taken = match letter {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => string_end(rest),
            'r' if !code.ends_with(is_word) => raw_string_end(rest).unwrap_or(0),
            '\'' => character_end(rest).unwrap_or(0),
            _ => 0,
        };
        if taken == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            let (blanked, after) = rest.split_at(taken);
            code.push(' ');
            code.extend(blanked.chars().filter(|it| *it == '\n'));
            rest = after;
        }
    }
    code
}

fn string_end(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn raw_string_end(rest: &str) -> Option<usize> {
    let hashes = rest[1..].bytes().take_while(|it| *it == b'#').count();
    let body = rest.get(1 + hashes..)?.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    Some(body.find(&close).map_or(rest.len(), |at| 2 + hashes + at + close.len()))
}

/// The end of a character literal, or `None` for a lifetime.
fn character_end(rest: &str) -> Option<usize> {
    let body = &rest[1..];
    if let Some(escaped) = body.strip_prefix('\\') {
        let first = escaped.chars().next()?.len_utf8();
        return escaped[first..].find('\'').map(|at| 2 + first + at + 1);
    }
    let first = body.chars().next()?.len_utf8();
    body[first..].starts_with('\'').then_some(1 + first + 1)
}

#[cfg(test)]
mod tests {
    use super::{code, spread, words};

    #[test]
    fn comments_and_strings_are_blanked_and_nothing_else() {
        let text = "a // b\n\"c\\\" d\" 'e' '\\'' '\\u{7f}' r#\"f \" g\"# h<'i> b'j' /* k */ l";
        assert_eq!(words(&code(text)).collect::<Vec<_>>(), ["a", "h", "i", "b", "l"]);
    }

    #[test]
    fn a_use_tree_spreads_into_its_paths() {
        let shown: Vec<String> = spread("a::{self, b::{C, d as e}, f::*}").iter().map(|path| path.join("::")).collect();
        assert_eq!(shown, ["a::self", "a::b::C", "a::b::d", "a::f::*"]);
    }
}
