//! Bytes that come in over the network, handed to work that reads like from a file.

use std::io::{self, Read};
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::multipart::Field;
use tokio::sync::mpsc;

use crate::problem::Code;
use crate::work::failed;

/// How many chunks may wait to be worked on; beyond that the sender is made to wait.
const WAITING: usize = 8;

/// Where the bytes come from.
pub(crate) enum Source<'a> {
    /// The body of a request.
    Raw(Body),
    /// One part of a form.
    Part(Box<Field<'a>>),
}

impl Source<'_> {
    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Code> {
        match self {
            Self::Part(field) => field.chunk().await.map_err(|_| Code::UnreadableBody),
            Self::Raw(body) => loop {
                let frame =
                    std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
                match frame.await {
                    None => return Ok(None),
                    Some(Err(_)) => return Err(Code::UnreadableBody),
                    // Trailers are no bytes of the file.
                    Some(Ok(frame)) => {
                        if let Ok(bytes) = frame.into_data() {
                            return Ok(Some(bytes));
                        }
                    }
                }
            },
        }
    }
}

/// Lets `work` read what comes in, on a thread of its own, with little of it in memory at any
/// time. Gives what the work gave, and how many bytes there were.
///
/// If the bytes are more than the limit or end early, the work's reading fails and what it gave is
/// thrown away.
pub(crate) async fn feed<T: Send + 'static>(
    mut source: Source<'_>,
    limit_bytes: u64,
    work: impl FnOnce(&mut dyn Read) -> T + Send + 'static,
) -> Result<(T, u64), Code> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let mut reader = ChunkReader { receiver, current: Bytes::new() };
    let worker = tokio::task::spawn_blocking(move || work(&mut reader));
    let mut seen = 0;
    let fault = loop {
        let next = match source.next().await {
            Ok(Some(bytes)) => {
                seen += bytes.len() as u64;
                if seen > limit_bytes { Err(Code::TooLarge) } else { Ok(bytes) }
            }
            Ok(None) => break None,
            Err(code) => Err(code),
        };
        let fault = next.as_ref().err().copied();
        let gone = sender.send(next).await.is_err();
        if fault.is_some() || gone {
            break fault;
        }
    };
    drop(sender);
    let given = worker.await.map_err(failed("work on an upload"))?;
    match fault {
        Some(code) => Err(code),
        None => Ok((given, seen)),
    }
}

/// Chunks from a channel as one stream of bytes.
struct ChunkReader {
    receiver: mpsc::Receiver<Result<Bytes, Code>>,
    current: Bytes,
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.receiver.blocking_recv() {
                None => return Ok(0),
                Some(Ok(bytes)) => self.current = bytes,
                Some(Err(code)) => return Err(io::Error::other(code.title())),
            }
        }
        let count = buffer.len().min(self.current.len());
        buffer[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(bytes: &'static [u8], limit_bytes: u64) -> Result<(Vec<u8>, u64), Code> {
        let work = |reader: &mut dyn Read| {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).map(|_| all).unwrap_or_default()
        };
        feed(Source::Raw(Body::from(bytes)), limit_bytes, work).await
    }

    #[tokio::test]
    async fn bytes_arrive_as_they_were_sent() {
        assert_eq!(read_all(b"abc", 3).await, Ok((b"abc".to_vec(), 3)));
        assert_eq!(read_all(b"", 3).await, Ok((Vec::new(), 0)));
    }

    #[tokio::test]
    async fn too_many_bytes_are_refused() {
        assert_eq!(read_all(b"abcd", 3).await, Err(Code::TooLarge));
    }

    #[tokio::test]
    async fn work_that_stops_early_ends_the_reading() {
        let source = Source::Raw(Body::from("abc"));
        assert_eq!(feed(source, 10, |_| 7).await, Ok((7, 3)));
    }
}
