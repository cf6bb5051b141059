//! tokio_bench NAME: runs one benchmark and prints `NAME value unit`. Each is the twin of one in tests/bench/*.c, step
//! for step, on a current-thread runtime. The echo server's client is the C one: FERMATA_BENCH names its program.

mod channels;
mod echo;
mod memory;
mod tasks;
mod time;

use std::future::Future;

fn block_on<F: Future>(program: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(program)
}

/// CPU time of this process, kernel included, in seconds: as bench.h says.
fn clock() -> f64 {
    let at = unsafe {
        let mut at: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut at);
        at
    };
    at.tv_sec as f64 + at.tv_nsec as f64 / 1e9
}

/// Millions a second.
fn rate(count: f64, began: f64) -> f64 {
    count / (clock() - began) / 1e6
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let (value, unit) = match name.as_str() {
        "yield" => (tasks::yields(), "M/s"),
        "spawn_join" => (tasks::spawn_join(), "M/s"),
        "parked_bytes" => (memory::parked_bytes(), "bytes"),
        "mpsc_bounded" => (channels::mpsc_bounded(1, 10_000_000), "M/s"),
        "mpsc_bounded_8" => (channels::mpsc_bounded(8, 1_000_000), "M/s"),
        "mpsc_unbounded" => (channels::mpsc_unbounded(), "M/s"),
        "oneshot_ping_pong" => (channels::oneshot_ping_pong(), "M/s"),
        "broadcast_8" => (channels::broadcast_8(), "M/s"),
        "virtual_sleeps" => (time::virtual_sleeps(), "M/s"),
        "timer_cancel" => (time::timer_cancel(), "M/s"),
        "virtual_hour" => (time::virtual_hour(), "M/s"),
        "mutex" => (tasks::mutex(), "M/s"),
        "mutex_yield" => (tasks::mutex_yield(), "M/s"),
        "echo" => (echo::echo(), "us"),
        _ => {
            eprintln!("tokio_bench: no benchmark is called '{}'", name);
            std::process::exit(2);
        }
    };
    println!("{} {:.6} {}", name, value, unit);
}
