//! What a block of terms says, in the settlement program's own types.

use anchor_lang::prelude::Pubkey;
use gesim_core::{Measure, Tadig};
use settlement::state::{agreement::MAX_DECIMALS, seeds, Frame, LaneTerms, Terms, TermsHead, TermsState};

use crate::{
    convert,
    error::Reason,
    quantity::{lane, Counting},
    raw::Block,
};

/// Who agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    /// The operator that bills.
    pub mno: Tadig,
    /// The virtual operator that is billed.
    pub mvno: Tadig,
    /// The virtual operator's authority when the agreement was proposed: part of the agreement's address.
    pub mvno_address: Pubkey,
}

/// In what is billed, and in what is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// ISO 4217 code of the currency of the prices; their decimals are the frame's.
    pub currency: String,
    /// The stablecoin.
    pub mint: Pubkey,
    pub mint_decimals: u8,
}

/// Terms and parties. `head.prose_hash` is zero until a document gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Number of the agreement between the two.
    pub number: u32,
    pub parties: Parties,
    pub money: Money,
    pub frame: Frame,
    pub head: TermsHead,
    pub lanes: Vec<LaneTerms>,
}

/// A refusal at a byte of the block.
#[derive(Debug)]
pub(crate) struct Located {
    pub byte: usize,
    pub reason: Reason,
}

impl Contract {
    /// Reads the lines of a block, without the fences.
    pub(crate) fn from_block(text: &str) -> Result<Self, Located> {
        let block: Block = toml::from_str(text).map_err(|error| {
            let byte = error.span().map_or(0, |span| span.start);
            Located { byte, reason: Reason::Toml(error.message().replace('\n', "; ")) }
        })?;
        let contract = convert::contract(block)?;
        contract.check().map_err(|reason| Located { byte: 0, reason })?;
        Ok(contract)
    }

    /// Address of the agreement that the document is about.
    pub fn agreement(&self) -> Pubkey {
        seeds::agreement(&self.mno(), &self.parties.mvno_address, self.number).0
    }

    /// Address of the operator's account.
    pub fn mno(&self) -> Pubkey {
        seeds::mno(self.parties.mno.as_bytes()).0
    }

    pub fn measure(&self) -> Measure {
        Measure::try_from(self.frame.measure).unwrap_or(Measure::Units)
    }

    /// How quantities of a lane are written; `None` for a lane that does not exist.
    pub fn counting(&self, index: u8) -> Option<Counting<'_>> {
        let (measure, currency) = (self.measure(), self.money.currency.as_str());
        lane(index).map(|lane| Counting { measure, lane, currency, decimals: self.frame.currency_decimals })
    }

    /// What the program itself asks of terms: nothing passes here that it would refuse when they are signed.
    fn check(&self) -> Result<(), Reason> {
        if self.money.mint_decimals > MAX_DECIMALS {
            return Err(Reason::Limit("`mint-decimals`"));
        }
        let terms = Terms {
            version: settlement::state::BOOKS_VERSION,
            bump: 0,
            state: TermsState::Draft,
            drafted_by: settlement::state::Side::Mno,
            agreement: Pubkey::default(),
            number: 1,
            contract_hash: [0; 32],
            toward: 0,
            head: self.head.clone(),
            lanes: self.lanes.clone(),
            reserved: [0; 64],
        };
        self.frame.invariant().and_then(|()| terms.invariant()).map_err(|error| Reason::Program(error.to_string()))
    }
}
