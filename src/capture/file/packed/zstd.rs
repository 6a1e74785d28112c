//! zstd: frame after frame of a file, each block given out as soon as the decoder lets go of it.
//!
//! The decoder keeps a window of what it decoded, up to some megabytes, until its frame ends. Where a frame is cut, an
//! empty last block in place of the missing ones ends it, so that the window is not lost. Used by `packed`.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

/// An empty block marked as the last, and four octets in place of a checksum that the frame may have.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// Where a file stands.
enum Place {
    /// Before a frame, or at the end of the file.
    Between,
    /// In a frame.
    Inside,
    /// Behind damage, which is told once the rest of the window is given out.
    Broken(Option<io::Error>),
}

/// The frames of a file.
pub(super) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    place: Place,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R, most_window: u64) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(most_window);
        Self { source, decoder, place: Place::Between }
    }

    /// Starts the next frame, if there is one.
    fn start(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut self.source) {
            Ok(()) => self.place = Place::Inside,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let length = u64::from(length);
                let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
                if skipped < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(told(error)),
        }
        Ok(())
    }

    /// Decodes one block, and compares the checksum behind the last.
    fn block(&mut self) -> io::Result<()> {
        if self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1)).map_err(told)? {
            self.place = Place::Between;
        }
        Ok(())
    }

    /// Whether the frame that was given out whole sums up to what it says.
    fn is_sound(&self) -> bool {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(stated), Some(found)) => stated == found,
            _ => true,
        }
    }
}

/// The error of a decoder, or that of the file under it.
fn told(error: FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(found) = cause {
        if let Some(found) = found.downcast_ref::<io::Error>() {
            return match found.raw_os_error() {
                Some(code) => io::Error::from_raw_os_error(code),
                None => io::Error::new(found.kind(), found.to_string()),
            };
        }
        cause = found.source();
    }
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(room);
            }
            if let Place::Broken(error) = &mut self.place {
                return error.take().map_or(Ok(0), Err);
            }
            let went = match self.place {
                Place::Inside => self.block(),
                _ if !self.is_sound() => Err(io::Error::new(io::ErrorKind::InvalidData, "wrong checksum")),
                _ if self.source.fill_buf()?.is_empty() => return Ok(0),
                _ => self.start(),
            };
            if let Err(error) = went {
                if matches!(self.place, Place::Inside) {
                    // Whether it takes the block or not, the error is the one that is told.
                    let _ = self.decoder.decode_blocks(&LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
                }
                self.place = Place::Broken(Some(error));
            }
        }
    }
}
