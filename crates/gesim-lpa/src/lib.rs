//! The device: a TLS handshake that is evidence, full local verification, and profile download over ES9+.
