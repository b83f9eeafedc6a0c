//! The agreement, the plan, a purchase, an activation, a refund.

use anyhow::Result;
use catalog::{
    state::{access, Catalog},
    CreatePlanArgs,
};
use escrow::state::RemainderPolicy;
use gesim_client::{
    addresses::{catalog as catalog_at, escrow as escrow_at, settlement as settlement_at},
    fetch,
    instructions::{
        catalog::{self as catalog_ix, Evidence},
        escrow as escrow_ix,
        settlement::{self as settlement_ix, BothSides, Period},
    },
    plans,
    token::{associated, create_token_2022_account},
    Session,
};
use settlement::state::Statement;
use sha2::{Digest, Sha256};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    cast::Cast,
    identity::NONCE,
    terms::{Terms, DAY, MARGIN_BPS},
};
use crate::commands::agreement::{propose, sign, Signed};

/// What the subscriber buys.
const CONTRACT: &str = "A month of roaming.";

/// Where everything ended up.
pub struct Market {
    pub mno: Pubkey,
    pub agreement: Pubkey,
    /// The version of the terms that both signed.
    pub terms: u32,
    pub plan: Pubkey,
    pub plan_mint: Pubkey,
    pub pool: Pubkey,
    /// The subscriber's tokens of the plan.
    pub tokens: Pubkey,
}

/// From empty programs to a plan on sale.
/// `registrar`: whose enrolments the plan asks for, beside provenance; nobody is asked without one.
pub fn open(session: &Session, cast: &Cast, terms: &Terms, registrar: Option<Pubkey>) -> Result<Market> {
    let payer = cast.payer.pubkey();
    let cluster = session.transport.genesis_hash()?.to_bytes();
    session.send("initialise escrow", &[escrow_ix::initialize(payer, payer)], &[])?;
    session.send("initialise settlement", &[settlement_ix::initialize(payer, cluster)], &[])?;
    session.send("initialise catalog", &[catalog_ix::initialize(payer, payer)], &[])?;
    for (tadig, who) in [(&cast.sender, &cast.mno), (&cast.recipient, &cast.mvno)] {
        let step = settlement_ix::register_mno(payer, payer, *tadig.as_bytes(), who.pubkey());
        session.send(&format!("register {tadig}"), &[step], &[])?;
        if cast.sender == cast.recipient {
            break;
        }
    }
    let signed = agree(session, cast, terms)?;
    publish(session, cast, terms, signed, registrar)
}

/// Both sign the document, and open the period's books under it.
fn agree(session: &Session, cast: &Cast, terms: &Terms) -> Result<Signed> {
    let payout = cast.mint().account(&cast.mno.pubkey());
    propose(session, &cast.mvno, &terms.document, Some(payout))?;
    sign(session, &cast.mvno, &terms.document, false)?;
    let signed = sign(session, &cast.mno, &terms.document, false)?;
    let period = books(cast, terms, &signed);
    let open = period.open(cast.payer.pubkey(), sides(cast), terms.rate);
    session.send("open period", &[open], &[&cast.mno, &cast.mvno])?;
    Ok(signed)
}

fn books(cast: &Cast, terms: &Terms, signed: &Signed) -> Period {
    let mno = settlement_at::mno(cast.sender.as_bytes()).0;
    Period { mno, agreement: signed.agreement, period: terms.period, terms: signed.number }
}

fn sides(cast: &Cast) -> BothSides {
    BothSides { mno_authority: cast.mno.pubkey(), mvno: cast.mvno.pubkey() }
}

/// Both sides end the period; its books as they stand then.
pub fn close_period(session: &Session, cast: &Cast, market: &Market, period: u32) -> Result<Statement> {
    let period = Period { mno: market.mno, agreement: market.agreement, period, terms: market.terms };
    session.send("close period", &[period.close(Some(sides(cast)))], &[&cast.mno, &cast.mvno])?;
    Ok(fetch::fetch(session.transport, "statement", &period.address())?)
}

fn publish(
    session: &Session,
    cast: &Cast,
    terms: &Terms,
    Signed { agreement, number, .. }: Signed,
    registrar: Option<Pubkey>,
) -> Result<Market> {
    let (payer, mvno, coin) = (cast.payer.pubkey(), cast.mvno.pubkey(), cast.mint());
    let create = catalog_ix::create_catalog(mvno, payer, 1, coin.address, coin.account(&mvno), mvno);
    session.send("create catalog", &[create], &[&cast.mvno])?;
    let address = catalog_at::catalog(&mvno, 1);
    let state: Catalog = fetch::fetch(session.transport, "catalog", &address)?;
    let args = CreatePlanArgs {
        price: terms.price,
        quotas: [5_000_000_000, 3_600, 3_600, 100, 100, 0, 0, 0],
        validity: 30 * DAY,
        activation_window: terms.activation_window,
        confirmation_window: 0,
        settle_grace: 70 * DAY,
        margin_bps: MARGIN_BPS,
        remainder_policy: RemainderPolicy::ToMvno,
        access: if registrar.is_some() { access::EID_AND_PROVENANCE } else { access::ANYONE },
        registrar: registrar.unwrap_or_default(),
        contract_hash: Sha256::digest(CONTRACT).into(),
        name: "Roaming month".into(),
        symbol: "ROAM".into(),
        uri: "https://example.com/roaming-month".into(),
    };
    let plan = catalog_at::plan(&address, state.plan_count);
    let create = catalog_ix::create_plan(payer, address, &state, agreement, &coin, args);
    session.send("create plan", &[create], &[&cast.mvno])?;
    let plan_mint = catalog_at::mint(&plan);
    Ok(Market {
        mno: settlement_at::mno(cast.sender.as_bytes()).0,
        agreement,
        terms: number,
        plan,
        plan_mint,
        pool: escrow_at::pool(&plan, &agreement),
        tokens: associated(&cast.subscriber.pubkey(), &plan_mint, &gesim_client::token::TOKEN_2022),
    })
}

/// Two units are bought.
pub fn buy(session: &Session, cast: &Cast, market: &Market) -> Result<()> {
    let (payer, subscriber) = (cast.payer.pubkey(), cast.subscriber.pubkey());
    let (state, coin) = plans::plan(session.transport, &market.plan)?;
    let plan = plans::plan_ref(market.plan, &state, coin);
    let account = create_token_2022_account(&payer, &subscriber, &market.plan_mint);
    let buy = catalog_ix::purchase(&plan, subscriber, payer, 2, 1);
    session.send("buy two units", &[account, buy], &[&cast.subscriber])?;
    Ok(())
}

/// One of them is activated, with the evidence that the plan asks for.
pub fn activate(session: &Session, cast: &Cast, market: &Market, evidence: Evidence) -> Result<()> {
    let (payer, subscriber) = (cast.payer.pubkey(), cast.subscriber.pubkey());
    let (state, coin) = plans::plan(session.transport, &market.plan)?;
    let plan = plans::plan_ref(market.plan, &state, coin);
    let position = escrow_at::position(&market.pool, &subscriber, 1);
    let activate = catalog_ix::activate(&plan, subscriber, payer, position, NONCE, evidence);
    session.send("activate one unit", &[activate], &[&cast.subscriber])?;
    Ok(())
}

/// The unit that was not activated in time is paid back.
pub fn refund(session: &Session, cast: &Cast, market: &Market) -> Result<()> {
    let subscriber = cast.subscriber.pubkey();
    let (state, coin) = plans::plan(session.transport, &market.plan)?;
    let plan = plans::plan_ref(market.plan, &state, coin);
    let position = escrow_at::position(&market.pool, &subscriber, 1);
    let refund = catalog_ix::refund_unactivated(&plan, subscriber, position, 1);
    session.send("refund one unit", &[refund], &[&cast.subscriber])?;
    Ok(())
}
