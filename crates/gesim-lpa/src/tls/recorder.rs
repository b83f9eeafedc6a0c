//! The bytes of a handshake as they cross the wire, both ways, until it is over.

use std::{
    io,
    pin::Pin,
    task::{ready, Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A handshake of ours is 3 KiB; one that needs more than this is refused.
const LIMIT: usize = 64 * 1024;

/// What went over the wire during a handshake.
#[derive(Debug, Default)]
pub(super) struct Recording {
    pub sent: Vec<u8>,
    pub received: Vec<u8>,
}

/// A stream that records until [`Recorder::finish`], and passes everything on unchanged.
#[derive(Debug)]
pub struct Recorder<S> {
    inner: S,
    recording: Option<Recording>,
}

impl<S> Recorder<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, recording: Some(Recording::default()) }
    }

    /// Stops, and gives what was recorded.
    pub(super) fn finish(&mut self) -> Recording {
        self.recording.take().unwrap_or_default()
    }
}

/// Keeps the bytes, within the limit.
fn keep(into: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    if into.len().saturating_add(bytes.len()) > LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the TLS handshake is longer than 64 KiB"));
    }
    into.extend_from_slice(bytes);
    Ok(())
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorder<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        if let Some(recording) = &mut this.recording {
            keep(&mut recording.received, buf.filled().get(before..).unwrap_or_default())?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorder<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.inner).poll_write(cx, bytes))?;
        if let Some(recording) = &mut this.recording {
            keep(&mut recording.sent, bytes.get(..written).unwrap_or_default())?;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
