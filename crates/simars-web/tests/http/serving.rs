//! The server on a real socket, from its first request to its end.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

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
        let server = tokio::spawn(simars_web::serve(listener, state, shutdown));

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
        let server = tokio::spawn(simars_web::serve(listener, Arc::clone(&site.state), shutdown));
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
        let patience = std::time::Duration::from_secs(8);
        tokio::time::timeout(patience, server).await.unwrap().unwrap().unwrap();
    });
}
