//! timer_cancel.c, and of sim.c what tokio has as well: time that is paused and goes on by itself.

use crate::{block_on, clock, rate};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::unconstrained;
use tokio::time::{sleep, Sleep};

fn next(state: &mut u32) -> u64 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*state >> 8) as u64
}

fn block_on_paused<F: Future>(program: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(program)
}

pub fn virtual_sleeps() -> f64 {
    let began = clock();
    block_on_paused(async {
        let mut state = 1;
        let tasks: Vec<_> = (0..1_000_000)
            .map(|_| {
                let length = Duration::from_millis(1 + next(&mut state) % 60_000);
                tokio::spawn(sleep(length))
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    rate(1e6, began)
}

pub fn virtual_hour() -> f64 {
    let began = clock();
    block_on_paused(async {
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                tokio::spawn(async {
                    for _ in 0..360_000 {
                        sleep(Duration::from_millis(10)).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    rate(36e6, began)
}

/// One poll that does all.
struct Once<F>(F);

impl<T, F: FnMut(&mut Context<'_>) -> T + Unpin> Future for Once<F> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        Poll::Ready((self.0)(cx))
    }
}

fn length(state: &mut u32) -> Duration {
    Duration::from_secs(1) + Duration::from_millis(next(state) % 3_600_000)
}

fn begin(mut place: Pin<&mut Sleep>, cx: &mut Context<'_>) {
    assert!(place.as_mut().poll(cx).is_pending());
}

pub fn timer_cancel() -> f64 {
    const PENDING: usize = 100_000;
    const CHANGES: usize = 2_000_000;
    // Else all but the first 128 polls of this one long poll would be refused.
    block_on(unconstrained(Once(|cx: &mut Context<'_>| {
        let mut state = 1;
        let mut sleeps: Vec<_> = (0..PENDING)
            .map(|_| {
                let mut sleep = Box::pin(sleep(length(&mut state)));
                begin(sleep.as_mut(), cx);
                sleep
            })
            .collect();
        let began = clock();
        for i in 0..CHANGES {
            let place = &mut sleeps[i % PENDING];
            place.as_mut().set(sleep(length(&mut state)));
            begin(place.as_mut(), cx);
        }
        rate(CHANGES as f64, began)
    })))
}
