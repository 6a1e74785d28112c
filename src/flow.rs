//! Which flow a packet belongs to: a table from undirected 4-tuple and encapsulation to whatever is kept for it.
//!
//! Knows nothing of TCP. The index holds slot numbers only, the slots lie in one slab, and the hash is keyed afresh for
//! each table, so that nobody who chooses addresses can choose collisions.

use crate::four_tuple::Pair;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::{BuildHasher, Hash};

/// Addresses, ports and encapsulation: the same for both directions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FlowKey {
    /// Addresses and ports.
    pub pair: Pair,
    /// Number of the encapsulation, as [`Interner`] gave it; 0 for none.
    pub encapsulation: u32,
}

/// Where a flow lies in its table; valid until that flow is removed.
pub type Slot = u32;

/// From flow to `T`.
#[derive(Debug)]
pub struct FlowTable<T> {
    index: HashTable<Slot>,
    slots: Vec<Option<(FlowKey, T)>>,
    free: Vec<Slot>,
    hasher: foldhash::fast::RandomState,
}

impl<T> Default for FlowTable<T> {
    fn default() -> Self {
        Self {
            index: HashTable::new(),
            slots: Vec::new(),
            free: Vec::new(),
            hasher: foldhash::fast::RandomState::default(),
        }
    }
}

impl<T> FlowTable<T> {
    /// The slot of `key`, made with `new` if there is none.
    pub fn slot(&mut self, key: FlowKey, new: impl FnOnce() -> T) -> Slot {
        let hash = self.hasher.hash_one(key);
        let slots = &self.slots;
        let same = |slot: &Slot| slots.get(*slot as usize).and_then(Option::as_ref).is_some_and(|(it, _)| *it == key);
        let rehash = |slot: &Slot| {
            slots.get(*slot as usize).and_then(Option::as_ref).map_or(0, |(it, _)| self.hasher.hash_one(it))
        };
        match self.index.entry(hash, same, rehash) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(vacant) => {
                let slot = self.free.pop().unwrap_or_else(|| Slot::try_from(self.slots.len()).unwrap_or(Slot::MAX));
                vacant.insert(slot);
                let at = slot as usize;
                if at >= self.slots.len() {
                    self.slots.resize_with(at + 1, || None);
                }
                self.slots[at] = Some((key, new()));
                slot
            }
        }
    }

    /// The same; `near` is where it probably is, if that is known.
    #[inline]
    pub fn slot_near(&mut self, near: Option<Slot>, key: FlowKey, new: impl FnOnce() -> T) -> Slot {
        let is_there = |slot: &Slot| matches!(self.slots.get(*slot as usize), Some(Some((it, _))) if *it == key);
        near.filter(is_there).unwrap_or_else(|| self.slot(key, new))
    }

    /// The slot of `key`, if there is one.
    #[must_use]
    pub fn find(&self, key: &FlowKey) -> Option<Slot> {
        let hash = self.hasher.hash_one(key);
        self.index
            .find(hash, |slot| self.slots.get(*slot as usize).and_then(Option::as_ref).is_some_and(|(it, _)| it == key))
            .copied()
    }

    /// What is kept in `slot`, to look at.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&T> {
        self.slots.get(slot as usize)?.as_ref().map(|(_, value)| value)
    }

    /// What is kept in `slot`.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.slots.get_mut(slot as usize)?.as_mut().map(|(_, value)| value)
    }

    /// The flow in `slot` and what is kept for it.
    pub fn entry_mut(&mut self, slot: Slot) -> Option<(FlowKey, &mut T)> {
        self.slots.get_mut(slot as usize)?.as_mut().map(|(key, value)| (*key, value))
    }

    /// Every flow with its slot, by slot.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &FlowKey, &T)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| {
            let (key, value) = slot.as_ref()?;
            Some((Slot::try_from(at).ok()?, key, value))
        })
    }

    /// Removes the flow in `slot`.
    pub fn remove(&mut self, slot: Slot) -> Option<T> {
        let (key, value) = self.slots.get_mut(slot as usize)?.take()?;
        let hash = self.hasher.hash_one(key);
        if let Ok(found) = self.index.find_entry(hash, |it| *it == slot) {
            found.remove();
        }
        self.free.push(slot);
        Some(value)
    }

    /// Takes everything out, in no particular order.
    pub fn drain(&mut self) -> impl Iterator<Item = (FlowKey, T)> {
        self.index.clear();
        self.free.clear();
        std::mem::take(&mut self.slots).into_iter().flatten()
    }

    /// How many flows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }
}

/// Encapsulations told apart; past it, all further ones are taken for one, which has the number [`OTHERS`].
pub const MAX_ENCAPSULATIONS: usize = 65_536;

/// The number of all encapsulations that are not told apart, which has no value.
pub const OTHERS: u32 = u32::MAX;

/// Gives each distinct value a small number: 0 for the default one.
#[derive(Debug)]
pub struct Interner<T> {
    index: HashTable<u32>,
    values: Vec<T>,
    hasher: foldhash::fast::RandomState,
    /// How often a value was beyond the bound.
    pub merged: u64,
}

impl<T: Default + Eq + Hash + Clone> Default for Interner<T> {
    fn default() -> Self {
        let mut new = Self {
            index: HashTable::new(),
            values: Vec::new(),
            hasher: foldhash::fast::RandomState::default(),
            merged: 0,
        };
        new.number(&T::default());
        new
    }
}

impl<T: Default + Eq + Hash + Clone> Interner<T> {
    /// The number of `value`; [`OTHERS`] if there are too many already.
    pub fn number(&mut self, value: &T) -> u32 {
        let hash = self.hasher.hash_one(value);
        let values = &self.values;
        let same = |at: &u32| values.get(*at as usize) == Some(value);
        if let Some(found) = self.index.find(hash, same) {
            return *found;
        }
        // The default one is none of those that are bounded.
        if self.values.len() > MAX_ENCAPSULATIONS {
            self.merged += 1;
            return OTHERS;
        }
        let number = u32::try_from(self.values.len()).unwrap_or(OTHERS);
        self.values.push(value.clone());
        let values = &self.values;
        let hasher = &self.hasher;
        self.index.insert_unique(hash, number, |at| values.get(*at as usize).map_or(0, |value| hasher.hash_one(value)));
        number
    }

    /// How many there are, the default one apart.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().saturating_sub(1)
    }

    /// Whether there is none but the default one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value with this number; none for [`OTHERS`].
    #[must_use]
    pub fn value(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::{FlowKey, FlowTable, Interner, MAX_ENCAPSULATIONS, OTHERS};
    use crate::four_tuple::FourTuple;

    fn key(port: u16) -> FlowKey {
        let path = FourTuple { from: ([10, 0, 0, 1], port).into(), to: ([10, 0, 0, 2], 80).into() };
        FlowKey { pair: path.into(), encapsulation: 0 }
    }

    #[test]
    fn a_removed_flow_gives_its_slot_to_the_next() {
        let mut table = FlowTable::default();
        let slots: Vec<_> = (0..1000).map(|port| table.slot(key(port), || port)).collect();
        assert_eq!(table.slot(key(7), || unreachable!("it is there")), slots[7]);
        assert_eq!(table.remove(slots[7]), Some(7));
        assert_eq!(table.find(&key(7)), None);
        assert_eq!(table.slot(key(2000), || 2000), slots[7]);
        assert_eq!((table.len(), table.get_mut(slots[7]).copied()), (1000, Some(2000)));
        assert_eq!(table.drain().count(), 1000);
        assert!(table.is_empty());
    }

    #[test]
    fn the_default_value_has_number_0() {
        let mut interner = Interner::<Vec<u8>>::default();
        assert_eq!(interner.number(&vec![]), 0);
        assert_eq!(interner.number(&vec![1]), 1);
        assert_eq!(interner.number(&vec![1]), 1);
        assert_eq!(interner.value(1), Some(&vec![1]));
    }

    #[test]
    fn values_beyond_the_bound_are_one_without_a_name() {
        let mut interner = Interner::<u32>::default();
        let most = u32::try_from(MAX_ENCAPSULATIONS).unwrap();
        for value in 1..=most {
            assert_eq!(interner.number(&value), value);
        }
        assert_eq!(
            (interner.number(&(most + 1)), interner.number(&(most + 2)), interner.number(&7)),
            (OTHERS, OTHERS, 7)
        );
        assert_eq!((interner.value(OTHERS), interner.merged, interner.len()), (None, 2, MAX_ENCAPSULATIONS));
    }
}
