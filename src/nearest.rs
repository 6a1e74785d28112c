//! The name that was probably meant, where somebody typed one that there is not.
//!
//! For names that are known beforehand: rules, states, scenarios. What a machine or an expression has beside them judges by its
//! own measure of likeness (`capture::interface`, `capture::filter`).

/// One edit for so many characters of the name typed.
const CHARACTERS_PER_EDIT: usize = 3;
/// A piece of a name that is shorter than this says too little.
const SHORTEST_PIECE: usize = 3;

/// The one of `names` most like `typed`: the fewest edits away, or else the first that has it in it; none if nothing is alike.
///
/// Case does not count, and underscores and spaces are taken for hyphens.
#[must_use]
pub fn nearest(typed: &str, names: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    let typed = typed.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let length = typed.chars().count();
    let names: Vec<&'static str> = names.into_iter().collect();
    let edits = |known: &str| strsim::damerau_levenshtein(&known.to_ascii_lowercase(), &typed);
    let near = names.iter().map(|known| (edits(known), *known)).min_by_key(|(edits, _)| *edits);
    let near = near.filter(|(edits, _)| edits * CHARACTERS_PER_EDIT <= length).map(|(_, known)| known);
    let has = |known: &&str| length >= SHORTEST_PIECE && known.to_ascii_lowercase().contains(&typed);
    near.or_else(|| names.into_iter().find(has))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_is_found_by_few_edits_or_by_a_piece() {
        let names = ["time-wait-assassinated", "zero-window", "SYN-SENT"];
        assert_eq!(nearest("time_wait assasinated", names), Some("time-wait-assassinated"));
        assert_eq!(nearest("window", names), Some("zero-window"));
        assert_eq!(nearest("syn-snet", names), Some("SYN-SENT"));
        assert_eq!(nearest("wi", names), None);
        assert_eq!(nearest("bulk-with-loss", names), None);
    }
}
