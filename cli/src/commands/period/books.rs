//! What commands about money read first: the agreement, its operator, its stablecoin, a period's statement and terms.

use anyhow::Result;
use gesim_client::{
    addresses::settlement as seeds,
    fetch,
    instructions::settlement::{BothSides, Period},
    token::MintInfo,
    Transport,
};
use settlement::state::{Agreement, Mno, Statement, Terms};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use crate::{amount, failure::Hint, parse};

pub struct Books {
    pub address: Pubkey,
    pub agreement: Agreement,
    pub mno: Mno,
    pub mint: MintInfo,
}

impl Books {
    pub fn fetch(rpc: &dyn Transport, address: &Pubkey) -> Result<Self> {
        let agreement: Agreement = fetch::fetch(rpc, "agreement", address)?;
        let mno = fetch::fetch(rpc, "MNO", &agreement.mno)?;
        let mint = MintInfo::fetch(rpc, &agreement.mint)?;
        Ok(Self { address: *address, agreement, mno, mint })
    }

    pub fn sides(&self) -> BothSides {
        BothSides { mno_authority: self.mno.authority, mvno: self.agreement.mvno }
    }

    /// The keypairs of both sides, out of those a command was given.
    pub fn signers<'a>(&self, signers: &parse::Signers<'a>) -> Result<[&'a Keypair; 2]> {
        Ok([signers.need("MNO", &self.mno.authority)?, signers.need("MVNO", &self.agreement.mvno)?])
    }

    pub fn terms(&self, rpc: &dyn Transport, number: u32) -> Result<Terms> {
        let terms = fetch::fetch(rpc, "version of the terms", &seeds::terms(&self.address, number).0);
        terms.map_err(anyhow::Error::from).hint("gesim agreement versions lists them")
    }

    pub fn statement(&self, rpc: &dyn Transport, period: u32) -> Result<Statement> {
        let statement = fetch::fetch(rpc, "statement", &seeds::statement(&self.address, period).0);
        statement.map_err(anyhow::Error::from).hint("both sides open the period first: gesim period open")
    }

    pub fn period(&self, period: u32, terms: u32) -> Period {
        Period { mno: self.agreement.mno, agreement: self.address, period, terms }
    }

    /// Stablecoin as people write it.
    pub fn money(&self, units: u64) -> String {
        amount::format(units, self.mint.decimals)
    }
}

/// What makes room for one more entry, when a statement is full.
pub fn room(rpc: &dyn Transport, payer: Pubkey, period: &Period, statement: &Statement) -> Result<Option<Instruction>> {
    let account = rpc.require("statement", &period.address())?;
    Ok((statement.needed() > account.data.len()).then(|| period.grow(payer)))
}
