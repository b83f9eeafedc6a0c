//! What every daemon has: /live, /ready and /metrics, logs, signals.
