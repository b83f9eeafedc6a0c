//! A relay in front of an SM-DP+ that never terminates TLS.
