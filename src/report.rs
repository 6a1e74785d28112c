//! What people and machines read: plain view types, tables, ladders, JSON.
//!
//! Reads events and views, never connections being analysed. All sentences for people come from [`words`](mod@words).
//! A page is a function from views and a [`style`] to text: it does no input or output and asks the system nothing.

pub mod account;
mod clock;
mod grid;
mod layout;
mod letters;
mod preview;

pub mod arcs;
pub mod bounds;
pub mod build;
pub mod capture;
pub mod changes;
pub mod collect;
pub mod command;
pub mod connections;
pub mod equations;
pub mod example;
pub mod explain;
mod explanation;
pub mod findings;
pub mod interfaces;
pub mod laboratory;
pub mod ladder;
pub mod lesson;
pub mod live;
pub mod notation;
pub mod only;
mod outcome_close;
mod outcome_handshake;
pub mod rank;
pub mod rules;
pub mod story;
pub mod style;
pub mod tap;
pub mod terminal;
pub mod testimony;
pub mod textbook;
pub mod textbook_udp;
pub mod transitions;
pub mod udp;
pub mod view;
pub mod words;
