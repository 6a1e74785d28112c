//! HOST:PORT as a user types it: parsed with advice, resolved to addresses.
//!
//! No sockets here. The command line and the other modules of `demo` use it.

use std::fmt;
use std::net::{Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use crate::demo::error::DemoError;

/// Where a peer listens or is found: a name or numeric address, and a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    host: String,
    port: u16,
}

/// Why a text is no HOST:PORT, and what to type instead.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("wanted HOST:PORT, found {found}; type for example \"{example}\"")]
pub struct AddressError {
    /// What stands there.
    pub found: &'static str,
    /// The nearest thing that would do.
    pub example: String,
}

impl Address {
    /// The port; 0 asks the system for any free one.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its addresses, in the order in which they should be tried; at least one.
    ///
    /// # Errors
    ///
    /// [`DemoError::Unresolved`] if the host has none.
    pub fn resolve(&self) -> Result<Vec<SocketAddr>, DemoError> {
        let unresolved = |found: String| DemoError::Unresolved { host: self.host.clone(), found };
        let found: Vec<_> =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|error| unresolved(error.to_string()))?.collect();
        if found.is_empty() { Err(unresolved("it has no address".to_owned())) } else { Ok(found) }
    }

    /// The same, to connect or send to: there port 0 means nothing.
    ///
    /// # Errors
    ///
    /// [`DemoError::NoPort`] for port 0, [`DemoError::Unresolved`] if the host has no address.
    pub fn resolve_remote(&self) -> Result<Vec<SocketAddr>, DemoError> {
        if self.port == 0 { Err(DemoError::NoPort { host: self.host.clone() }) } else { self.resolve() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = |found, example: String| Err(AddressError { found, example });
        if let Some((_, rest)) = text.split_once("://") {
            let host = rest.split('/').next().unwrap_or_default();
            let port = if host.contains(':') { "" } else { ":9090" };
            return wrong("a URL", format!("{host}{port}"));
        }
        if let Some(inner) = text.strip_prefix('[') {
            let Some((host, after)) = inner.split_once(']') else {
                return wrong("\"[\" without \"]\"", "[::1]:9090".to_owned());
            };
            let Some(port) = after.strip_prefix(':') else {
                return wrong("no port behind \"]\"", format!("[{host}]:9090"));
            };
            return Self::of(host, port, format!("[{host}]:9090"));
        }
        if text.parse::<Ipv6Addr>().is_ok() {
            return wrong("an IPv6 address without brackets", format!("[{text}]:9090"));
        }
        match text.rsplit_once(':') {
            None if text.is_empty() => wrong("nothing", "127.0.0.1:9090".to_owned()),
            None if text.parse::<u16>().is_ok() => wrong("a port alone", format!("127.0.0.1:{text}")),
            None => wrong("a host without a port", format!("{text}:9090")),
            Some(("", port)) => wrong("a port alone", format!("127.0.0.1:{port}")),
            Some((host, _)) if host.contains(':') => {
                wrong("more than one colon; an IPv6 address stands in brackets", "[::1]:9090".to_owned())
            }
            Some((host, port)) => Self::of(host, port, format!("{host}:9090")),
        }
    }
}

impl Address {
    fn of(host: &str, port: &str, example: String) -> Result<Self, AddressError> {
        if host.is_empty() {
            return Err(AddressError { found: "no host", example: "[::1]:9090".to_owned() });
        }
        if host.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(AddressError { found: "a host with a space in it", example: "127.0.0.1:9090".to_owned() });
        }
        match port.parse() {
            // The standard parser would take "+80" too.
            Ok(number) if port.bytes().all(|b| b.is_ascii_digit()) => Ok(Self { host: host.to_owned(), port: number }),
            _ if port.is_empty() => Err(AddressError { found: "no port behind the colon", example }),
            _ => Err(AddressError { found: "a port that is no number from 0 to 65535", example }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn what_is_typed_by_mistake_gets_the_nearest_thing_that_would_do() {
        for (typed, example) in [
            ("9090", "127.0.0.1:9090"),
            (":9090", "127.0.0.1:9090"),
            ("localhost", "localhost:9090"),
            ("localhost:", "localhost:9090"),
            ("localhost:http", "localhost:9090"),
            ("10.0.0.1:70000", "10.0.0.1:9090"),
            ("10.0.0.1:+80", "10.0.0.1:9090"),
            ("::1", "[::1]:9090"),
            ("[::1]", "[::1]:9090"),
            ("[::1", "[::1]:9090"),
            ("http://example.net/x", "example.net:9090"),
            ("http://example.net:80/x", "example.net:80"),
            ("", "127.0.0.1:9090"),
        ] {
            let error = typed.parse::<Address>().expect_err(typed);
            assert_eq!(error.example, example, "for {typed:?}");
            assert!(error.example.parse::<Address>().is_ok(), "the example for {typed:?} is wrong too");
        }
    }

    #[test]
    fn what_is_typed_rightly_resolves_to_itself() {
        for typed in ["127.0.0.1:0", "[::1]:9090"] {
            let address: Address = typed.parse().expect(typed);
            assert_eq!(address.to_string(), typed);
            let resolved = address.resolve().expect("numeric");
            assert_eq!(resolved.iter().map(ToString::to_string).collect::<Vec<_>>(), [typed]);
        }
        let address: Address = "127.0.0.1:0".parse().expect("an address");
        assert!(address.resolve_remote().is_err(), "nobody can be reached at port 0");
    }
}
