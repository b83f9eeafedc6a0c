use std::collections::HashMap;

use gesim_core::Eid;

use crate::profile::Profile;

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    Released,
    /// A package was bound for this eUICC; only it may ask again.
    Downloaded(Eid),
    Installed(Eid),
    /// The eUICC could not install it.
    Failed(Eid),
}

/// A profile that waits for a device.
#[derive(Debug, Clone)]
pub struct Order {
    pub profile: Profile,
    /// The only eUICC that may have it; any when `None`.
    pub eid: Option<Eid>,
    pub state: OrderState,
}

/// Why an order is not for this eUICC.
pub enum OrderRefusal {
    Unknown,
    Eid,
    Done,
}

/// Orders by their matching id, the token of an activation code.
#[derive(Default)]
pub struct Orders(HashMap<String, Order>);

impl Orders {
    /// False when the matching id is taken.
    pub fn insert(&mut self, matching_id: String, order: Order) -> bool {
        let free = !self.0.contains_key(&matching_id);
        if free {
            self.0.insert(matching_id, order);
        }
        free
    }

    pub fn get(&self, matching_id: &str) -> Option<&Order> {
        self.0.get(matching_id)
    }

    /// The order behind `matching_id`, if this eUICC may have it now.
    pub fn eligible(&self, matching_id: &str, eid: Eid) -> Result<&Order, OrderRefusal> {
        let order = self.0.get(matching_id).ok_or(OrderRefusal::Unknown)?;
        if order.eid.is_some_and(|wanted| wanted != eid) {
            return Err(OrderRefusal::Eid);
        }
        match order.state {
            OrderState::Released => Ok(order),
            OrderState::Downloaded(by) if by == eid => Ok(order),
            OrderState::Downloaded(_) => Err(OrderRefusal::Eid),
            OrderState::Installed(_) | OrderState::Failed(_) => Err(OrderRefusal::Done),
        }
    }

    pub fn set(&mut self, matching_id: &str, state: OrderState) {
        if let Some(order) = self.0.get_mut(matching_id) {
            order.state = state;
        }
    }
}
