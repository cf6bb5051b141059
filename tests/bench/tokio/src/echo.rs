//! echo.c.

use crate::block_on;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// As in echo.h.
const CONNECTIONS: usize = 64;
const REQUESTS: usize = 20_000;

fn own_us() -> f64 {
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    usage.ru_utime.tv_sec as f64 * 1e6 + usage.ru_utime.tv_usec as f64
}

async fn serve(mut stream: TcpStream) {
    let mut bytes = [0u8; 1024];
    loop {
        match stream.read(&mut bytes).await {
            Ok(got) if got > 0 => {
                if stream.write_all(&bytes[..got]).await.is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}

pub fn echo() -> f64 {
    let program = std::env::var("FERMATA_BENCH").expect("FERMATA_BENCH names the client");
    let (mut client, before_us) = block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = std::process::Command::new(program)
            .args(["echo_client", &port.to_string()])
            .spawn()
            .unwrap();
        let before_us = own_us();
        let mut tasks = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            tasks.push(tokio::spawn(serve(stream)));
        }
        drop(listener);
        for task in tasks {
            task.await.unwrap();
        }
        (client, before_us)
    });
    let spent_us = own_us() - before_us;
    assert!(client.wait().unwrap().success());
    spent_us / (CONNECTIONS * REQUESTS) as f64
}
