//! yield.c, spawn_join.c and mutex.c.

use crate::{block_on, clock, rate};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::task::yield_now;

pub fn yields() -> f64 {
    let began = clock();
    block_on(async {
        let tasks: Vec<_> = (0..1_000)
            .map(|_| {
                tokio::spawn(async {
                    for _ in 0..10_000 {
                        yield_now().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    rate(10e6, began)
}

pub fn spawn_join() -> f64 {
    let began = clock();
    block_on(async {
        for _ in 0..1_000_000 {
            tokio::spawn(async {}).await.unwrap();
        }
    });
    rate(1e6, began)
}

pub fn mutex() -> f64 {
    let began = clock();
    let counter = Mutex::new(0u64);
    block_on(async {
        for _ in 0..10_000_000 {
            *counter.lock().await += 1;
        }
    });
    rate(counter.into_inner() as f64, began)
}

pub fn mutex_yield() -> f64 {
    let began = clock();
    let counter = Arc::new(Mutex::new(0u64));
    block_on(async {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let counter = counter.clone();
                tokio::spawn(async move {
                    for _ in 0..250_000 {
                        let mut held = counter.lock().await;
                        *held += 1;
                        yield_now().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    rate(2e6, began)
}
