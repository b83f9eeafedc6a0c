//! How many connections each client has.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

/// Counts connections by client; a [`Place`] is one of them.
#[derive(Debug, Clone)]
pub struct Clients {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    most: usize,
}

/// Given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    clients: Clients,
    client: IpAddr,
}

impl Clients {
    pub fn new(most: usize) -> Self {
        Self { held: Arc::default(), most }
    }

    /// None when the client has all that it may have.
    pub fn place(&self, address: IpAddr) -> Option<Place> {
        let client = client(address);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(client).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { clients: self.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.clients.held.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held.get_mut(&self.client).map(|count| {
            *count = count.saturating_sub(1);
            *count
        });
        // The map is as large as the connections there are, however many clients come and go.
        if left == Some(0) {
            held.remove(&self.client);
        }
    }
}

/// An IPv6 customer has a /64 and could take another address each time.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) >> 64 << 64).into(),
        v4 => v4,
    }
}
