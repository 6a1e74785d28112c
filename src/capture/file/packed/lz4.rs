//! lz4: frame after frame of a file; the decoder by itself ends after each. Used by `packed`.

use lz4_flex::frame::FrameDecoder;
use std::io::{self, BufRead, Read};

/// The frames of a file.
pub(super) struct Frames<R: Read>(pub(super) FrameDecoder<R>);

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(room)?;
            // Each turn reads a frame's header at least, so this ends.
            if read > 0 || room.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(read);
            }
        }
    }
}
