//! Who takes part, and the stablecoin they pay in.

use anyhow::{Context, Result};
use gesim_cdr::FileSummary;
use gesim_client::{
    token::{create_mint, mint_to, MintInfo, SPL_TOKEN},
    Session, SvmTransport,
};
use gesim_core::Tadig;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::Secrets;

/// Decimals of the stablecoin.
pub const DECIMALS: u8 = 6;
/// What the subscriber starts with, unless two units cost more: a million.
const FUNDING: u64 = 1_000_000_000_000;
/// Lamports of each.
const LAMPORTS: u64 = 100_000_000_000;

pub struct Cast {
    /// Pays fees and rent; authority of the programs.
    pub payer: Keypair,
    pub mvno: Keypair,
    pub mno: Keypair,
    pub subscriber: Keypair,
    pub prover: Keypair,
    /// The stablecoin's mint.
    pub coin: Keypair,
    /// Who bills: the file's sender.
    pub sender: Tadig,
    /// Who is billed: the file's recipient.
    pub recipient: Tadig,
}

impl Cast {
    pub fn new(svm: &SvmTransport, summary: &FileSummary, secrets: &Secrets) -> Result<Self> {
        let cast = Self {
            payer: secrets.keypair("payer"),
            mvno: secrets.keypair("mvno"),
            mno: secrets.keypair("mno"),
            subscriber: secrets.keypair("subscriber"),
            prover: secrets.keypair("prover"),
            coin: secrets.keypair("coin"),
            sender: named("who bills", summary.sender.as_deref())?,
            recipient: named("who is billed", summary.recipient.as_deref())?,
        };
        for who in [&cast.payer, &cast.mvno, &cast.mno, &cast.subscriber, &cast.prover] {
            svm.airdrop(&who.pubkey(), LAMPORTS)?;
        }
        Ok(cast)
    }

    pub fn mint(&self) -> MintInfo {
        let address = self.coin.pubkey();
        MintInfo { address, program: SPL_TOKEN, supply: 0, decimals: DECIMALS }
    }

    /// Everybody's token account of the stablecoin, by role.
    pub fn accounts(&self) -> [(&'static str, Pubkey); 4] {
        let at = |who: &Keypair| self.mint().account(&who.pubkey());
        [
            ("subscriber", at(&self.subscriber)),
            ("mvno", at(&self.mvno)),
            ("mno", at(&self.mno)),
            ("prover", at(&self.prover)),
        ]
    }

    /// Makes the stablecoin and everybody's account, and gives the subscriber money.
    pub fn create_coin(&self, session: &Session, price: u64) -> Result<()> {
        let (mint, payer) = (self.mint(), self.payer.pubkey());
        let create = create_mint(session.transport, &payer, &mint.address, &payer, DECIMALS)?;
        session.send("create stablecoin", &create, &[&self.coin])?;
        let mut steps = Vec::new();
        for who in [&self.subscriber, &self.mvno, &self.mno, &self.prover] {
            steps.push(mint.create_account(&payer, &who.pubkey()));
        }
        steps.push(mint_to(
            &mint.address,
            &mint.account(&self.subscriber.pubkey()),
            &payer,
            FUNDING.max(price.saturating_mul(2)),
        )?);
        session.send("fund subscriber", &steps, &[])?;
        Ok(())
    }
}

fn named(who: &str, tadig: Option<&str>) -> Result<Tadig> {
    let tadig = tadig.with_context(|| format!("the file does not say {who}"))?;
    Ok(tadig.parse()?)
}
