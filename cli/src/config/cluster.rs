//! Clusters by their short names.

/// Genesis hash of Solana's mainnet, whatever URL leads there.
pub const MAINNET_GENESIS: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";

/// The URL of a moniker; anything else is a URL already.
pub fn moniker_url(text: &str) -> String {
    match text {
        "m" | "mainnet" | "mainnet-beta" => "https://api.mainnet-beta.solana.com".into(),
        "t" | "testnet" => "https://api.testnet.solana.com".into(),
        "d" | "devnet" => "https://api.devnet.solana.com".into(),
        "l" | "local" | "localhost" | "localnet" => "http://127.0.0.1:8899".into(),
        url => url.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monikers_ok() {
        assert_eq!(moniker_url("l"), "http://127.0.0.1:8899");
        assert_eq!(moniker_url("http://node:1"), "http://node:1");
        assert!(moniker_url("m").starts_with("https://api.mainnet-beta."));
    }
}
