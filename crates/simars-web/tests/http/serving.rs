//! The server on a real socket, from its first request to its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use simars_web::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::site::Site;

#[test]
fn it_serves_until_it_is_told_to_end() {
    let site = Site::new();
    site.run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let shutdown = async {
            let _ = ended.await;
        };
        let state = Arc::clone(&site.state);
        let server = tokio::spawn(simars_web::serve(listener, state, Limits::USUAL, shutdown));

        let mut client = TcpStream::connect(address).await.unwrap();
        let request = b"GET /healthz HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\nok\n"));

        end.send(()).unwrap();
        server.await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    });
}

#[test]
fn whoever_watches_does_not_hold_up_the_end() {
    let (site, id) = Site::with_decision();
    let holdings = &site.state.holdings;
    // Nobody works in these tests, so that this waits for as long as somebody watches.
    assert!(holdings.extract_again(&id.parse().unwrap(), false).unwrap());
    site.run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let shutdown = async {
            let _ = ended.await;
        };
        let server = tokio::spawn(simars_web::serve(
            listener,
            Arc::clone(&site.state),
            Limits::USUAL,
            shutdown,
        ));
        let mut client = TcpStream::connect(address).await.unwrap();
        let path = format!("/api/v1/documents/{id}/events");
        let request = format!("GET {path} HTTP/1.1\r\nhost: contoh\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let progress = "event: progress\ndata: {\"done\":0,\"total\":0}\n\n";
        while !answer.contains(progress) {
            let mut part = [0; 1024];
            let count = client.read(&mut part).await.unwrap();
            assert!(count > 0, "{answer}");
            answer.push_str(std::str::from_utf8(&part[..count]).unwrap());
        }
        end.send(()).unwrap();
        let patience = Duration::from_secs(8);
        tokio::time::timeout(patience, server).await.unwrap().unwrap().unwrap();
    });
}

/// A server within limits, how to end it, and what becomes of it.
async fn begin(
    site: &Site,
    limits: Limits,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = ended.await;
    };
    let served = simars_web::serve(listener, Arc::clone(&site.state), limits, shutdown);
    (address, end, tokio::spawn(served))
}

/// Sends something and reads until the other side closes.
async fn whole(address: SocketAddr, request: &str) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
fn what_is_under_way_at_the_end_is_answered() {
    let site = Site::new();
    site.run(async {
        let (address, end, server) = begin(&site, Limits::USUAL).await;
        let mut clients = Vec::new();
        for _ in 0..20 {
            let mut client = TcpStream::connect(address).await.unwrap();
            let head =
                "POST /api/v1/verify HTTP/1.1\r\nhost: contoh\r\ncontent-length: 8\r\n\r\nisi ";
            client.write_all(head.as_bytes()).await.unwrap();
            clients.push(client);
        }
        // Idle ones do not hold up the end, and are answered nothing.
        let mut idle = TcpStream::connect(address).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        end.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
        for mut client in clients {
            client.write_all(b"akhi").await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
            assert!(answer.contains("\"code\":\"not-registered\""), "{answer}");
        }
        let mut rest = Vec::new();
        let _ = idle.read_to_end(&mut rest).await;
        assert!(rest.is_empty());
        tokio::time::timeout(Duration::from_secs(5), server).await.unwrap().unwrap().unwrap();
    });
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let site = Site::new();
    site.run(async {
        let limits = Limits { head_within: Duration::from_millis(400), ..Limits::USUAL };
        let (address, end, server) = begin(&site, limits).await;
        let patience = Duration::from_secs(5);
        for begun in ["", "GET / HTTP/1.1\r\nhost: con"] {
            let answer = tokio::time::timeout(patience, whole(address, begun)).await.unwrap();
            assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        // A kept connection that is used is not closed in between.
        let mut client = TcpStream::connect(address).await.unwrap();
        for _ in 0..3 {
            client.write_all(b"GET /healthz HTTP/1.1\r\nhost: contoh\r\n\r\n").await.unwrap();
            let mut part = [0; 2048];
            let count = client.read(&mut part).await.unwrap();
            assert!(part[..count].starts_with(b"HTTP/1.1 200 OK\r\n"));
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        end.send(()).unwrap();
        tokio::time::timeout(patience, server).await.unwrap().unwrap().unwrap();
    });
}

#[test]
fn one_connection_too_many_is_told_to_come_back() {
    let site = Site::new();
    site.run(async {
        let (address, end, server) = begin(&site, Limits { connections: 2, ..Limits::USUAL }).await;
        let held = [TcpStream::connect(address).await, TcpStream::connect(address).await];
        let health = "GET /healthz HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\n\r\n";
        let full = whole(address, "").await;
        assert!(full.starts_with("HTTP/1.1 503 ") && full.contains("retry-after: 5"), "{full}");
        drop(held);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(whole(address, health).await.starts_with("HTTP/1.1 200 OK\r\n"));
        end.send(()).unwrap();
        server.await.unwrap().unwrap();
    });
}

#[test]
fn metrics_are_told_here_and_to_whoever_looks_after_the_archive() {
    let (site, id) = Site::with_decision();
    site.run(async {
        let (address, end, server) = begin(&site, Limits::USUAL).await;
        let ask = |path: &str, more: &str| {
            format!("GET {path} HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\n{more}\r\n")
        };
        whole(address, &ask(&format!("/dokumen/{id}"), "")).await;
        let told = whole(address, &ask("/metrics", "")).await;
        for line in [
            "content-type: text/plain; version=0.0.4",
            "simars_http_requests_total{route=\"/dokumen/{id}\",method=\"GET\",status=\"200\"} 1",
            "simars_http_request_duration_seconds_count{route=\"/dokumen/{id}\"} 1",
            "\nsimars_documents 1\n",
            "\nsimars_index_behind_segments 0\n",
            "\nsimars_connections_open 1\n",
        ] {
            assert!(told.contains(line), "{line}: {told}");
        }
        let proxied = whole(address, &ask("/metrics", "x-forwarded-for: 127.0.0.1\r\n")).await;
        assert!(proxied.starts_with("HTTP/1.1 401 "), "{proxied}");
        end.send(()).unwrap();
        server.await.unwrap().unwrap();
    });
    assert_eq!(site.get("/metrics").status, 401);
    assert!(site.get_as_owner("/metrics").text().contains("# TYPE simars_documents gauge\n"));
}
