use anyhow::Result;
use gesim_client::{
    addresses::escrow,
    token::{balance, create_mint, mint_to, MintInfo, SPL_TOKEN},
    Session, SvmTransport,
};
use gesim_core::Tadig;
use serde::Serialize;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::market::Pools;
use crate::pipeline::Secrets;

pub const DECIMALS: u8 = 6;
const LAMPORTS: u64 = 1_000_000_000_000;
/// What the subscribers have: a hundred million.
const FUNDING: u64 = 100_000_000_000_000;

/// One of the two operators: it bills what it carried, and sells plans that the other one carries.
pub struct Operator {
    pub tadig: Tadig,
    pub key: Keypair,
}

pub struct Cast {
    pub payer: Keypair,
    pub operators: [Operator; 2],
    /// Stands for all who buy.
    pub subscriber: Keypair,
    pub prover: Keypair,
    pub arbiter: Keypair,
    coin: Keypair,
}

impl Cast {
    pub fn new(svm: &SvmTransport, secrets: &Secrets) -> Result<Self> {
        let operator = |tadig: &[u8; 5], name: &str| -> Result<Operator> {
            Ok(Operator { tadig: Tadig::new(*tadig)?, key: secrets.keypair(name) })
        };
        let cast = Self {
            payer: secrets.keypair("payer"),
            operators: [operator(b"DEUGS", "first")?, operator(b"FRAGS", "second")?],
            subscriber: secrets.keypair("subscriber"),
            prover: secrets.keypair("prover"),
            arbiter: secrets.keypair("arbiter"),
            coin: secrets.keypair("coin"),
        };
        let [first, second] = &cast.operators;
        for who in [&cast.payer, &first.key, &second.key, &cast.subscriber, &cast.prover, &cast.arbiter] {
            svm.airdrop(&who.pubkey(), LAMPORTS)?;
        }
        Ok(cast)
    }

    pub fn mint(&self) -> MintInfo {
        MintInfo { address: self.coin.pubkey(), program: SPL_TOKEN, supply: 0, decimals: DECIMALS }
    }

    fn holders(&self) -> [(&'static str, Pubkey); 4] {
        let [first, second] = &self.operators;
        [
            ("subscribers", self.subscriber.pubkey()),
            ("first operator", first.key.pubkey()),
            ("second operator", second.key.pubkey()),
            ("prover", self.prover.pubkey()),
        ]
    }

    pub fn create_coin(&self, session: &Session) -> Result<()> {
        let (mint, payer) = (self.mint(), self.payer.pubkey());
        let create = create_mint(session.transport, &payer, &mint.address, &payer, DECIMALS)?;
        session.send("create stablecoin", &create, &[&self.coin])?;
        let mut steps: Vec<_> = self.holders().iter().map(|(_, who)| mint.create_account(&payer, who)).collect();
        steps.push(mint_to(&mint.address, &mint.account(&self.subscriber.pubkey()), &payer, FUNDING)?);
        session.send("fund subscribers", &steps, &[])?;
        Ok(())
    }

    /// Everybody's stablecoin, and what lies in escrow.
    pub fn balances(&self, session: &Session, pools: &Pools) -> Result<Vec<(String, u64)>> {
        let mut rows = Vec::new();
        for (name, who) in self.holders() {
            rows.push((name.to_string(), balance(session.transport, &self.mint().account(&who))?));
        }
        let mut held = 0;
        for pool in pools.of.iter().flatten() {
            held += balance(session.transport, &escrow::vault(pool))?;
        }
        rows.push(("escrow".to_string(), held));
        Ok(rows)
    }
}

/// Money before the month's payments and after them.
#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Balances {
    pub rows: Vec<Row>,
    /// All of it is where it was or has moved between these, and it is all there is.
    pub conserved: bool,
}

#[derive(Serialize, Debug, Clone)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub name: String,
    pub before: String,
    pub after: String,
}

impl Balances {
    pub fn compare(
        session: &Session,
        cast: &Cast,
        before: Vec<(String, u64)>,
        after: Vec<(String, u64)>,
    ) -> Result<Self> {
        let sum = |rows: &[(String, u64)]| rows.iter().map(|(_, amount)| u128::from(*amount)).sum::<u128>();
        let supply = u128::from(MintInfo::fetch(session.transport, &cast.mint().address)?.supply);
        let conserved = sum(&before) == sum(&after) && sum(&after) == supply;
        let text = |amount| crate::amount::format(amount, DECIMALS);
        let rows = before.into_iter().zip(after);
        let rows = rows.map(|((name, before), (_, after))| Row { name, before: text(before), after: text(after) });
        Ok(Self { rows: rows.collect(), conserved })
    }
}
