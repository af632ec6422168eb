//! Bytes that come in over the network, handed to work that reads like from a file.

use std::io::{self, Read};
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::multipart::Field;
use tokio::sync::mpsc;

use crate::problem::Code;
use crate::work::failed;

/// How many chunks may wait to be worked on; beyond that the sender is made to wait.
const WAITING: usize = 8;
/// How long a client may send nothing before it is given up.
pub(crate) const IDLE: Duration = Duration::from_secs(30);

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

/// Bytes on their way in: counted, and waited for only so long.
pub(crate) struct Incoming<'a> {
    source: Source<'a>,
    limit_bytes: u64,
    idle: Duration,
    seen: u64,
}

impl<'a> Incoming<'a> {
    /// Takes so many bytes at most.
    pub(crate) fn new(source: Source<'a>, limit_bytes: u64) -> Self {
        Self { source, limit_bytes, idle: IDLE, seen: 0 }
    }

    /// The next bytes; `None` once the source has said that it is over.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Code> {
        let next = in_time(self.idle, self.source.next()).await?;
        self.seen += next.as_ref().map_or(0, |bytes| bytes.len() as u64);
        if self.seen > self.limit_bytes { Err(Code::TooLarge) } else { Ok(next) }
    }

    /// All the bytes, for what is small.
    pub(crate) async fn whole(mut self) -> Result<Vec<u8>, Code> {
        let mut bytes = Vec::new();
        while let Some(part) = self.next().await? {
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }

    /// How many bytes have come.
    pub(crate) const fn seen(&self) -> u64 {
        self.seen
    }
}

/// Waits for something that a client sends, but not for ever: who sends nothing holds nothing.
pub(crate) async fn in_time<T>(
    idle: Duration,
    coming: impl Future<Output = Result<T, Code>>,
) -> Result<T, Code> {
    tokio::time::timeout(idle, coming).await.unwrap_or(Err(Code::TooSlow))
}

/// Lets `work` read what comes in, on a thread of its own, with little of it in memory at any
/// time. Gives what the work gave, and how many bytes there were.
///
/// If the bytes are more than the limit or end early, the work's reading fails and what it gave is
/// thrown away. The same if this future is dropped because the client went away: only an end that
/// the source itself announced is an end to the reader, so that no part of a file is ever taken
/// for the whole.
pub(crate) async fn feed<T: Send + 'static>(
    mut incoming: Incoming<'_>,
    work: impl FnOnce(&mut dyn Read) -> T + Send + 'static,
) -> Result<(T, u64), Code> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let mut reader = ChunkReader { receiver, current: Bytes::new(), ended: false };
    let worker = tokio::task::spawn_blocking(move || work(&mut reader));
    let ended = loop {
        let next = incoming.next().await;
        let last = match &next {
            Ok(Some(_)) => None,
            Ok(None) => Some(Ok(())),
            Err(code) => Some(Err(*code)),
        };
        let gone = sender.send(next).await.is_err();
        match last {
            Some(ended) => break ended,
            None if gone => break Ok(()),
            None => {}
        }
    };
    drop(sender);
    let given = worker.await.map_err(failed("work on an upload"))?;
    ended.map(|()| (given, incoming.seen()))
}

/// Chunks from a channel as one stream of bytes. `Ok(None)` marks the end; a channel that closes
/// without it was cut off.
struct ChunkReader {
    receiver: mpsc::Receiver<Result<Option<Bytes>, Code>>,
    current: Bytes,
    ended: bool,
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            if self.ended {
                return Ok(0);
            }
            match self.receiver.blocking_recv() {
                None => return Err(cut_off()),
                Some(Ok(None)) => self.ended = true,
                Some(Ok(Some(bytes))) => self.current = bytes,
                Some(Err(code)) => return Err(io::Error::other(code.title())),
            }
        }
        let count = buffer.len().min(self.current.len());
        buffer[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}

fn cut_off() -> io::Error {
    let detail = "the upload was cut off before its end; hint: send the file again";
    io::Error::new(io::ErrorKind::UnexpectedEof, detail)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as threads;

    use tokio::io::AsyncWriteExt;
    use tokio_util::io::ReaderStream;

    use super::*;

    async fn read_all(bytes: &'static [u8], limit_bytes: u64) -> Result<(Vec<u8>, u64), Code> {
        let work = |reader: &mut dyn Read| {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).map(|_| all).unwrap_or_default()
        };
        feed(Incoming::new(Source::Raw(Body::from(bytes)), limit_bytes), work).await
    }

    /// A body that comes through a pipe, in pieces of 64 bytes at most.
    fn pipe() -> (tokio::io::DuplexStream, Body) {
        let (client, server) = tokio::io::duplex(64);
        (client, Body::from_stream(ReaderStream::new(server)))
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
        let incoming = Incoming::new(Source::Raw(Body::from("abc")), 10);
        assert_eq!(feed(incoming, |_| 7).await, Ok((7, 3)));
    }

    #[tokio::test]
    async fn the_end_stays_the_end() {
        let work = |reader: &mut dyn Read| {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).unwrap();
            reader.read(&mut [0; 8]).unwrap()
        };
        let incoming = Incoming::new(Source::Raw(Body::from("abc")), 10);
        assert_eq!(feed(incoming, work).await, Ok((0, 3)));
    }

    #[tokio::test]
    async fn a_feed_that_is_dropped_halfway_is_no_end_to_the_reader() {
        let (mut client, body) = pipe();
        let (told, read) = threads::channel();
        let work = move |reader: &mut dyn Read| {
            let mut all = Vec::new();
            let result = reader.read_to_end(&mut all).map_err(|error| error.kind());
            told.send((result, all)).unwrap();
        };
        let sent = [b'a'; 64 * 4 * WAITING];
        tokio::select! {
            _ = feed(Incoming::new(Source::Raw(body), u64::MAX), work) => panic!("it has no end"),
            // All but one piece has been taken: more than can wait, so the work has begun.
            written = client.write_all(&sent) => written.unwrap(),
        }
        let (result, all) =
            tokio::task::spawn_blocking(move || read.recv()).await.unwrap().unwrap();
        assert_eq!(result, Err(io::ErrorKind::UnexpectedEof));
        assert!(!all.is_empty() && sent.starts_with(&all));
    }

    #[tokio::test]
    async fn who_sends_nothing_is_not_waited_for_for_ever() {
        let (mut client, body) = pipe();
        client.write_all(b"abc").await.unwrap();
        let mut incoming = Incoming::new(Source::Raw(body), 10);
        incoming.idle = Duration::from_millis(1);
        let work = |reader: &mut dyn Read| reader.read_to_end(&mut Vec::new()).is_err();
        assert_eq!(feed(incoming, work).await, Err(Code::TooSlow));
    }
}
