use std::fmt;

use anyhow::{anyhow, Result};
use clap::Args;
use gesim_agreement::{terms_table, Contract, Money, Parties, Row};
use gesim_client::{addresses::settlement as seeds, fetch, token::MintInfo, Transport};
use gesim_core::Tadig;
use serde::Serialize;
use settlement::state::{Agreement, Mno, Terms};
use solana_pubkey::Pubkey;

use super::versions::state_name;
use crate::{context::Context, failure::Hint, output::as_text};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gesim agreement show <AGREEMENT>\n  gesim agreement show <AGREEMENT> --terms 2")]
pub struct Show {
    agreement: Pubkey,
    /// Version of the terms [default: the one in force, or the latest draft]
    #[arg(long, value_name = "VERSION")]
    terms: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    agreement: String,
    state: String,
    id: u32,
    mno: String,
    mvno: String,
    mint: String,
    payout: String,
    /// Version in force; 0 before the first.
    terms_in_force: u32,
    /// What the operator has to give back, and its bond: smallest stablecoin units.
    #[serde(serialize_with = "as_text")]
    owed: u64,
    #[serde(serialize_with = "as_text")]
    bond: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<TermsShown>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TermsShown {
    number: u32,
    state: &'static str,
    prose_hash: String,
    contract_hash: String,
    words: Vec<Term>,
}

#[derive(Serialize)]
struct Term {
    item: String,
    meaning: String,
}

impl Shown {
    pub fn fetch(chain: &dyn Transport, address: &Pubkey, number: Option<u32>) -> Result<Self> {
        let state: Agreement = fetch::fetch(chain, "agreement", address)?;
        let number = number.unwrap_or(if state.terms > 0 { state.terms } else { state.drafts });
        let at = seeds::terms(address, number).0;
        let terms: Option<Terms> = fetch::find(chain, "terms", &at)?;
        if terms.is_none() && number > 0 {
            return Err(anyhow!("there is no version {number}").hint(format!("gesim agreement versions {address}")));
        }
        let terms = terms.map(|terms| TermsShown::new(chain, &state, terms)).transpose()?;
        Ok(Self {
            agreement: address.to_string(),
            state: format!("{:?}", state.state).to_lowercase(),
            id: state.id,
            mno: state.mno.to_string(),
            mvno: state.mvno.to_string(),
            mint: state.mint.to_string(),
            payout: state.payout.to_string(),
            terms_in_force: state.terms,
            owed: state.owed,
            bond: state.bond,
            terms,
        })
    }
}

impl TermsShown {
    fn new(chain: &dyn Transport, agreement: &Agreement, terms: Terms) -> Result<Self> {
        let hash = terms.hash(&agreement.frame).map_err(|error| anyhow!("the terms do not hash: {error}"))?;
        let operator: Mno = fetch::fetch(chain, "MNO", &agreement.mno)?;
        let mint = MintInfo::fetch(chain, &agreement.mint)?;
        let mno = Tadig::new(operator.tadig)?;
        let shown = Self {
            number: terms.number,
            state: state_name(terms.state),
            prose_hash: hex::encode(terms.head.prose_hash),
            contract_hash: hex::encode(hash),
            words: Vec::new(),
        };
        // the chain holds neither the currency's name nor the virtual operator's code: the document does
        let contract = Contract {
            number: agreement.id,
            parties: Parties { mno, mvno: mno, mvno_address: agreement.mvno },
            money: Money { currency: "(currency)".into(), mint: mint.address, mint_decimals: mint.decimals },
            frame: agreement.frame,
            head: terms.head,
            lanes: terms.lanes,
        };
        let rows = terms_table(&contract).0.into_iter().filter(|row| row.item != "agreement");
        let words = rows.map(|Row { item, meaning }| Term { item, meaning }).collect();
        Ok(Self { words, ..shown })
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Agreement {} ({})", self.agreement, self.state)?;
        writeln!(f, "  MNO {}, MVNO {}, number {}", self.mno, self.mvno, self.id)?;
        writeln!(f, "  paid in {} to {}", self.mint, self.payout)?;
        writeln!(f, "  the operator has to give back {}, its bond is {}", self.owed, self.bond)?;
        let Some(TermsShown { number, state, prose_hash, contract_hash, words }) = &self.terms else {
            return writeln!(f, "  no terms yet");
        };
        writeln!(f, "Terms, version {number} ({state})")?;
        writeln!(f, "  contract {contract_hash}, document {prose_hash}")?;
        let width = words.iter().map(|term| term.item.len()).max().unwrap_or(0);
        words.iter().try_for_each(|Term { item, meaning }| writeln!(f, "  {item:<width$}  {meaning}"))
    }
}

impl Show {
    pub fn run(&self, context: &Context) -> Result<()> {
        context.output.emit(&Shown::fetch(&context.reader(), &self.agreement, self.terms)?)
    }
}
