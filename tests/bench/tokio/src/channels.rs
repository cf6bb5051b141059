//! mpsc.c, oneshot_ping_pong.c and broadcast.c.

use crate::{block_on, clock, rate};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::yield_now;

pub fn mpsc_bounded(senders: u64, each: u64) -> f64 {
    let began = clock();
    block_on(async {
        let (tx, mut rx) = mpsc::channel::<u64>(100);
        for _ in 0..senders {
            let tx = tx.clone();
            tokio::spawn(async move {
                for item in 0..each {
                    tx.send(item).await.unwrap();
                }
            });
        }
        drop(tx);
        let mut sum = 0;
        while let Some(item) = rx.recv().await {
            sum += item;
        }
        assert_eq!(sum, senders * (each * (each - 1) / 2));
    });
    rate((senders * each) as f64, began)
}

pub fn mpsc_unbounded() -> f64 {
    const MESSAGES: u64 = 10_000_000;
    let began = clock();
    block_on(async {
        let (tx, mut rx) = mpsc::unbounded_channel::<u64>();
        tokio::spawn(async move {
            for item in 0..MESSAGES {
                tx.send(item).unwrap();
                if item % 128 == 127 {
                    yield_now().await;
                }
            }
        });
        let mut sum = 0;
        while let Some(item) = rx.recv().await {
            sum += item;
        }
        assert_eq!(sum, MESSAGES * (MESSAGES - 1) / 2);
    });
    rate(MESSAGES as f64, began)
}

/// What flies: the sender to answer through.
struct Ball(oneshot::Sender<Ball>);

async fn play(mut rx: oneshot::Receiver<Ball>, mut partner: Option<oneshot::Sender<Ball>>, rounds: u32) {
    let serves = partner.is_some();
    for _ in 0..rounds {
        if serves {
            let (tx, next) = oneshot::channel();
            partner.take().unwrap().send(Ball(tx)).ok().unwrap();
            rx = next;
        }
        let Ball(tx) = (&mut rx).await.unwrap();
        partner = Some(tx);
        if !serves {
            let (tx, next) = oneshot::channel();
            partner.take().unwrap().send(Ball(tx)).ok().unwrap();
            rx = next;
        }
    }
}

pub fn oneshot_ping_pong() -> f64 {
    const ROUNDS: u32 = 1_000_000;
    let began = clock();
    block_on(async {
        let (tx, rx) = oneshot::channel();
        let (_, unused) = oneshot::channel();
        let players = [
            tokio::spawn(play(unused, Some(tx), ROUNDS)),
            tokio::spawn(play(rx, None, ROUNDS)),
        ];
        for player in players {
            player.await.unwrap();
        }
    });
    rate(ROUNDS as f64, began)
}

pub fn broadcast_8() -> f64 {
    const MESSAGES: u64 = 500_000;
    let began = clock();
    block_on(async {
        let (tx, _) = broadcast::channel::<u64>(128);
        let listeners: Vec<_> = (0..8)
            .map(|_| {
                let mut rx = tx.subscribe();
                tokio::spawn(async move {
                    let mut heard = 0u64;
                    while rx.recv().await.is_ok() {
                        heard += 1;
                    }
                    heard
                })
            })
            .collect();
        for item in 0..MESSAGES {
            tx.send(item).unwrap();
            if item % 64 == 63 {
                yield_now().await;
            }
        }
        drop(tx);
        let mut heard = 0;
        for listener in listeners {
            heard += listener.await.unwrap();
        }
        assert_eq!(heard, 8 * MESSAGES);
    });
    rate((8 * MESSAGES) as f64, began)
}
