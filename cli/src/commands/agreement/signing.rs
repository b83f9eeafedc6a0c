//! From a document to a version of the terms that is signed: what commands and the demonstration both do.
//!
//! Every step looks at the chain first, so a run that was stopped goes on where it ended.

use anyhow::{anyhow, Result};
use gesim_agreement::{
    compare::{with_agreement, with_terms, Difference},
    Contract, Document,
};
use gesim_client::{
    addresses::settlement as seeds,
    fetch,
    instructions::settlement::{self as build, Parties, Version},
    token::MintInfo,
    Session,
};
use settlement::state::{Agreement, LaneTerms, Mno, Side, Terms, TermsState};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::failure::Hint;

/// Octets of lanes that fit one transaction beside its signatures and addresses.
const LANES_AT_ONCE: usize = 500;

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub agreement: Pubkey,
    pub number: u32,
    pub state: TermsState,
}

/// Proposes the agreement that the document is about, unless it is there. `payout`: where the operator is paid.
pub fn propose(session: &Session, signer: &Keypair, document: &Document, payout: Option<Pubkey>) -> Result<()> {
    let contract = &document.contract;
    let address = contract.agreement();
    if fetch::find::<Agreement>(session.transport, "agreement", &address)?.is_some() {
        return Ok(());
    }
    let operator: Mno = fetch::fetch(session.transport, "MNO", &contract.mno())
        .map_err(anyhow::Error::from)
        .hint(format!("gesim mno register {} --authority <ADDRESS>", contract.parties.mno))?;
    let mint = MintInfo::fetch(session.transport, &contract.money.mint)?;
    if mint.decimals != contract.money.mint_decimals {
        return Err(anyhow!(
            "the stablecoin has {} decimals, the document says {}",
            mint.decimals,
            contract.money.mint_decimals
        )
        .hint(format!("write mint-decimals = {}", mint.decimals)));
    }
    let mut steps = Vec::new();
    let payout = payout.unwrap_or_else(|| {
        steps.push(mint.create_account(&session.payer(), &operator.authority));
        mint.account(&operator.authority)
    });
    let parties = Parties { mno: contract.mno(), mvno: contract.parties.mvno_address, mint: mint.address, payout };
    let (number, frame) = (contract.number, contract.frame);
    steps.push(build::propose_agreement(session.payer(), signer.pubkey(), &parties, number, frame));
    session.send("propose agreement", &steps, &[signer])?;
    Ok(())
}

/// Signs the document: the version that says the same if there is one, else a new one. `counter`: also over another
/// version that the other side has signed and waits for.
pub fn sign(session: &Session, signer: &Keypair, document: &Document, counter: bool) -> Result<Signed> {
    let contract = &document.contract;
    let address = contract.agreement();
    let Some(agreement) = fetch::find::<Agreement>(session.transport, "agreement", &address)? else {
        // a dry run has proposed nothing
        if session.is_dry_run() {
            return write(session, signer, contract, 1, &[], document.contract_hash());
        }
        let error = anyhow!("the agreement {address} of this document is not on this cluster");
        return Err(error.hint("propose it: gesim agreement create <DOCUMENT>"));
    };
    refuse(&with_agreement(contract, &agreement), "the agreement on-chain says")?;
    let operator: Mno = fetch::fetch(session.transport, "MNO", &agreement.mno)?;
    let side = agreement.side(&operator.authority, &signer.pubkey()).map_err(|_| {
        anyhow!("{} is neither {} nor {} of this agreement", signer.pubkey(), operator.authority, agreement.mvno)
            .hint("sign as the operator's or the virtual operator's authority: --keypair")
    })?;
    let mut other = None;
    for number in (agreement.terms.max(1)..=agreement.drafts).rev() {
        let terms: Terms = fetch::fetch(session.transport, "terms", &seeds::terms(&address, number).0)?;
        let differences = with_terms(contract, &terms);
        let same = differences.is_empty();
        let mine = terms.drafted_by == side;
        match terms.state {
            TermsState::Active if same => return Ok(Signed { agreement: address, number, state: terms.state }),
            TermsState::Signed if same && mine => return Ok(Signed { agreement: address, number, state: terms.state }),
            TermsState::Signed if same => {
                let version = version(signer, contract, number);
                session.send(
                    &format!("sign version {number}"),
                    &[version.sign(document.contract_hash())],
                    &[signer],
                )?;
                return Ok(Signed { agreement: address, number, state: TermsState::Active });
            }
            TermsState::Draft if mine && goes_on(contract, &terms) => {
                return write(session, signer, contract, number, &terms.lanes, document.contract_hash())
            }
            TermsState::Signed if !mine && other.is_none() => other = Some((number, differences)),
            _ => {}
        }
    }
    if let Some((number, differences)) = other.filter(|_| !counter) {
        let about = format!("version {number}, which the {} has signed, says", name(other_side(side)));
        return refuse(&differences, &about).and(Err(anyhow!("{about} something else")));
    }
    let number = agreement.drafts.saturating_add(1);
    let draft = version(signer, contract, number).draft(session.payer(), contract.head.clone());
    session.send(&format!("draft version {number}"), &[draft], &[signer])?;
    write(session, signer, contract, number, &[], document.contract_hash())
}

/// Writes the lanes that are not there yet, and signs.
fn write(
    session: &Session,
    signer: &Keypair,
    contract: &Contract,
    number: u32,
    there: &[LaneTerms],
    hash: [u8; 32],
) -> Result<Signed> {
    let version = version(signer, contract, number);
    let (mut steps, mut octets) = (Vec::new(), 0usize);
    for lane in contract.lanes.iter().filter(|lane| !there.contains(lane)) {
        if octets.saturating_add(lane.space()) > LANES_AT_ONCE && !steps.is_empty() {
            session.send("write prices", &steps, &[signer])?;
            (steps, octets) = (Vec::new(), 0);
        }
        steps.push(version.set_lane(session.payer(), lane.clone()));
        octets = octets.saturating_add(lane.space());
    }
    if !steps.is_empty() {
        session.send("write prices", &steps, &[signer])?;
    }
    session.send(&format!("sign version {number}"), &[version.sign(hash)], &[signer])?;
    Ok(Signed { agreement: contract.agreement(), number, state: TermsState::Signed })
}

/// Whether a draft of one's own was begun from this document: what is missing can be added, nothing taken away.
fn goes_on(contract: &Contract, draft: &Terms) -> bool {
    let named = |lane: &LaneTerms| contract.lanes.iter().any(|known| known.lane == lane.lane);
    draft.head == contract.head && draft.lanes.iter().all(named)
}

fn version(signer: &Keypair, contract: &Contract, number: u32) -> Version {
    Version { signer: signer.pubkey(), mno: contract.mno(), agreement: contract.agreement(), number }
}

fn other_side(side: Side) -> Side {
    match side {
        Side::Mno => Side::Mvno,
        Side::Mvno => Side::Mno,
    }
}

pub fn name(side: Side) -> &'static str {
    match side {
        Side::Mno => "operator",
        Side::Mvno => "virtual operator",
    }
}

/// Names every difference: nobody signs what is not in front of them.
fn refuse(differences: &[Difference], about: &str) -> Result<()> {
    if differences.is_empty() {
        return Ok(());
    }
    let one = |Difference { field, document, chain }: &Difference| format!("{field}: {chain}, the document {document}");
    let all: Vec<_> = differences.iter().map(one).collect();
    Err(anyhow!("{about} otherwise: {}", all.join("; ")).hint(
        "agree on one document; to answer with this one as a new version: gesim agreement sign <DOCUMENT> --counter",
    ))
}
