//! How much memory this process takes at most, by what the kernel counts.

use std::{
    fs,
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        Arc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use serde::Serialize;

/// How often the two kinds are looked at: the kernel keeps the peak of their sum alone.
const INTERVAL: Duration = Duration::from_millis(20);

/// Bytes; nothing where the system does not count them.
#[derive(Serialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Peak {
    /// Resident at once, exactly.
    pub peak_memory_bytes: Option<u64>,
    /// Of that, what only this process holds: heap and stacks. Sampled.
    pub peak_anonymous_bytes: Option<u64>,
    /// What the kernel can take back and read again: mapped files, such as proving keys. Sampled.
    pub peak_file_bytes: Option<u64>,
}

/// Looks at the process until it is asked.
pub struct Watch {
    peaks: Arc<[AtomicU64; 2]>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub fn start() -> Self {
        let peaks: Arc<[AtomicU64; 2]> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (to, ends) = (peaks.clone(), stop.clone());
        let thread = thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                sample(&to);
                thread::sleep(INTERVAL);
            }
        });
        Self { peaks, stop, thread: Some(thread) }
    }

    pub fn peak(&self) -> Peak {
        sample(&self.peaks);
        let seen = |at: usize| Some(self.peaks[at].load(Ordering::Relaxed)).filter(|bytes| *bytes > 0);
        let most = fs::read_to_string("/proc/self/status").ok().and_then(|status| field(&status, "VmHWM"));
        Peak { peak_memory_bytes: most, peak_anonymous_bytes: seen(0), peak_file_bytes: seen(1) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn sample(peaks: &[AtomicU64; 2]) {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return };
    for (peak, name) in peaks.iter().zip(["RssAnon", "RssFile"]) {
        peak.fetch_max(field(&status, name).unwrap_or(0), Ordering::Relaxed);
    }
}

/// A field of `/proc/self/status`, which counts in kibibytes.
fn field(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let number: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_bytes_ok() {
        let status = "Name:\tgesim\nVmHWM:\t    2048 kB\nVmHWMx:\t 1 kB\nThreads:\t3\n";
        assert_eq!(field(status, "VmHWM"), Some(2_097_152));
        for name in ["VmRSS", "Threads", "Name", "VmHW"] {
            assert_eq!(field(status, name), None, "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_in_use_is_counted_ok() {
        let watch = Watch::start();
        let before = watch.peak();
        let block = std::hint::black_box(vec![1u8; 64 << 20]);
        let after = watch.peak();
        drop(block);
        let grown = |of: fn(&Peak) -> Option<u64>| of(&after).unwrap() - of(&before).unwrap();
        assert!(grown(|peak| peak.peak_anonymous_bytes) >= 60 << 20);
        assert!(after.peak_memory_bytes >= after.peak_anonymous_bytes);
    }
}
