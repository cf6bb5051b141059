//! parked_bytes.c.

use crate::block_on;
use tokio::sync::oneshot;
use tokio::task::yield_now;

const TASKS: usize = 1_000_000;

fn resident_bytes() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as f64
}

pub fn parked_bytes() -> f64 {
    let mut senders: Vec<Option<oneshot::Sender<u64>>> = Vec::with_capacity(TASKS);
    // Touched, so that it does not count.
    unsafe { std::ptr::write_bytes(senders.as_mut_ptr() as *mut u8, 0xff, TASKS * std::mem::size_of::<usize>()) };
    block_on(async {
        let before = resident_bytes();
        for _ in 0..TASKS {
            let (tx, rx) = oneshot::channel::<u64>();
            senders.push(Some(tx));
            // The receiver is the task's own future: nothing stands around it.
            drop(tokio::spawn(rx));
        }
        for _ in 0..4 {
            yield_now().await;
        }
        let bytes = resident_bytes() - before;
        senders.clear();
        bytes / TASKS as f64
    })
}
