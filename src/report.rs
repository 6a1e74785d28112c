//! What people and machines read: plain view types, tables, ladders, JSON.
//!
//! Reads events and views, never connections being analysed. All sentences for people come from [`words`].

pub mod view;
