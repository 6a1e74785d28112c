//! Traffic for a capture to see, on the loopback of the namespace the test is in. Every function returns only after its
//! receiver has everything, so that every frame has passed the interface.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};

const LAST_WORD: &[u8] = b"the last word of this test";

/// More than one Ethernet frame holds, less than one loopback frame.
const LONG: usize = 50_000;

/// A TCP connection with a question and an answer, closed by its client, and two datagrams.
pub fn exchange() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut question = [0; 5];
        stream.read_exact(&mut question).unwrap();
        stream.write_all(&[b'a'; LONG]).unwrap();
        assert_eq!(stream.read(&mut question).unwrap(), 0);
    });
    let mut client = TcpStream::connect(to).unwrap();
    client.write_all(b"hello").unwrap();
    let mut answer = [0; LONG];
    client.read_exact(&mut answer).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.read(&mut answer).unwrap(), 0);
    server.join().unwrap();
    datagrams(2);
}

/// So many datagrams.
pub fn datagrams(count: u32) {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..count {
        send(&sender, &receiver, &number.to_be_bytes());
    }
}

/// The datagram after which a test reads no more.
pub fn last_word() {
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    send(&UdpSocket::bind("127.0.0.1:0").unwrap(), &receiver, LAST_WORD);
}

pub fn is_last_word(frame: &[u8]) -> bool {
    frame.ends_with(LAST_WORD)
}

fn send(sender: &UdpSocket, receiver: &UdpSocket, text: &[u8]) {
    sender.send_to(text, receiver.local_addr().unwrap()).unwrap();
    let mut heard = [0; 64];
    let length = receiver.recv(&mut heard).unwrap();
    assert_eq!(&heard[..length], text);
}
