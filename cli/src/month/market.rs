use anyhow::{Context as _, Result};
use catalog::{
    state::{access, Catalog},
    CreatePlanArgs,
};
use escrow::state::RemainderPolicy;
use gesim_agreement::{Contract, Document, Money, Outline, Parties as Named};
use gesim_cdr::FileSummary;
use gesim_client::{
    addresses::{catalog as catalog_at, escrow as escrow_at},
    fetch,
    instructions::{
        catalog::{self as catalog_ix, Evidence},
        escrow as escrow_ix,
        settlement::{self as build, seeds, BothSides, Parties, Period, Version},
    },
    plans,
    token::create_token_2022_account,
    Session,
};
use gesim_core::{
    layout::LANES,
    money::{mul_div, Rounding, BASIS_POINTS},
    tariff::invoice,
    Lane, Measure,
};
use settlement::{state::Tier, ExchangeRate};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    cast::{Cast, DECIMALS},
    PERIOD,
};

const DAY: u32 = 86_400;
const MARGIN_BPS: u16 = 1_000;
/// Decimals of the prices' currency.
const CURRENCY: u8 = 4;
/// Smallest stablecoin units for one of the currency's.
pub const RATE: ExchangeRate = ExchangeRate { numerator: 100, denominator: 1, date: 20_261_031 };
/// The version of the terms that rates the month.
pub const TERMS: u32 = 1;

/// What one operator carried for the other.
pub struct Direction {
    /// Who carried it, and bills.
    pub seller: usize,
    pub agreement: Pubkey,
    pub mno: Pubkey,
    pub contract: Contract,
}

impl Direction {
    pub fn buyer(&self) -> usize {
        1 - self.seller
    }

    pub fn period(&self) -> Period {
        Period { mno: self.mno, agreement: self.agreement, period: PERIOD, terms: TERMS }
    }

    pub fn sides(&self, cast: &Cast) -> BothSides {
        BothSides {
            mno_authority: cast.operators[self.seller].key.pubkey(),
            mvno: cast.operators[self.buyer()].key.pubkey(),
        }
    }
}

/// Pools that pay, by direction.
pub struct Pools {
    pub of: [Vec<Pubkey>; 2],
}

/// Initialises the programs, registers both, and brings both agreements into force, each naming the other one.
pub fn agree(session: &Session, cast: &Cast) -> Result<[Direction; 2]> {
    let payer = cast.payer.pubkey();
    let cluster = session.transport.genesis_hash()?.to_bytes();
    session.send("initialise escrow", &[escrow_ix::initialize(payer, payer)], &[])?;
    session.send("initialise settlement", &[build::initialize(payer, cluster)], &[])?;
    session.send("initialise catalog", &[catalog_ix::initialize(payer, payer)], &[])?;
    for operator in &cast.operators {
        let step = build::register_mno(payer, payer, *operator.tadig.as_bytes(), operator.key.pubkey());
        session.send(&format!("register {}", operator.tadig), &[step], &[])?;
    }
    let address = |seller: usize| {
        let mno = seeds::mno(cast.operators[seller].tadig.as_bytes()).0;
        (mno, seeds::agreement(&mno, &cast.operators[1 - seller].key.pubkey(), 1).0)
    };
    let mut directions = Vec::new();
    for seller in 0..2 {
        let ((mno, agreement), (_, reverse)) = (address(seller), address(1 - seller));
        let contract = document(cast, seller, reverse)?;
        let direction = Direction { seller, agreement, mno, contract };
        sign(session, cast, &direction)?;
        directions.push(direction);
    }
    directions.try_into().ok().context("two directions")
}

/// Balanced prices with dearer units behind the balance, tiers of data, 60/30 calls, an arbiter.
fn document(cast: &Cast, seller: usize, reverse: Pubkey) -> Result<Contract> {
    let [mno, mvno] = [seller, 1 - seller].map(|at| &cast.operators[at]);
    let outline = Outline {
        number: 1,
        parties: Named { mno: mno.tadig, mvno: mvno.tadig, mvno_address: mvno.key.pubkey() },
        money: Money { currency: "EUR".into(), mint: cast.mint().address, mint_decimals: DECIMALS },
        decimals: CURRENCY,
        measure: Measure::Units,
        effective_from: PERIOD,
    };
    let mut contract = outline.contract()?;
    contract.frame.prover_reward = 10_000;
    contract.head.arbiter = cast.arbiter.pubkey();
    contract.head.timeout_rule = settlement::state::TimeoutRule::Split;
    contract.head.reverse = reverse;
    for lane in &mut contract.lanes {
        let dearer = |tier: &Tier| Tier { rate: tier.rate + tier.rate / 4, ..*tier };
        if lane.lane == Lane::Data as u8 {
            // half price from a terabyte on
            let more = Tier { start: 1_000_000_000_000, rate: lane.tiers[0].rate / 2, fixed: 0 };
            lane.tiers.push(more);
        }
        if [Lane::VoiceMo as u8, Lane::VoiceMt as u8].contains(&lane.lane) {
            (lane.first, lane.next) = (60, 30);
        }
        if lane.lane == Lane::VoiceMo as u8 {
            lane.unbalanced = lane.tiers.iter().map(dearer).collect();
        }
    }
    // what is signed is the document, read again
    Ok(Document::parse(contract.to_document().as_bytes())?.contract)
}

fn sign(session: &Session, cast: &Cast, direction: &Direction) -> Result<()> {
    let (payer, sides) = (cast.payer.pubkey(), direction.sides(cast));
    let (seller, buyer) = (&cast.operators[direction.seller].key, &cast.operators[direction.buyer()].key);
    let parties = Parties {
        mno: direction.mno,
        mvno: sides.mvno,
        mint: cast.mint().address,
        payout: cast.mint().account(&sides.mno_authority),
    };
    let Contract { frame, head, lanes, .. } = &direction.contract;
    let propose = build::propose_agreement(payer, sides.mvno, &parties, 1, *frame);
    session.send("propose agreement", &[propose], &[buyer])?;
    let version = Version { signer: sides.mvno, mno: direction.mno, agreement: direction.agreement, number: TERMS };
    session.send("draft terms", &[version.draft(payer, head.clone())], &[buyer])?;
    for lane in lanes {
        session.send("set lane", &[version.set_lane(payer, lane.clone())], &[buyer])?;
    }
    let hash = settlement::state::terms::contract_hash(frame, head, lanes)?;
    session.send("sign terms", &[version.sign(hash)], &[buyer])?;
    let other = Version { signer: sides.mno_authority, ..version };
    session.send("sign terms", &[other.sign(hash)], &[seller])?;
    let open = direction.period().open(payer, sides, RATE);
    session.send("open period", &[open], &[seller, buyer])?;
    Ok(())
}

/// What each direction will cost at most, in stablecoin: nothing of it balanced.
pub fn prices(directions: &[Direction; 2], files: &[FileSummary]) -> Result<[u64; 2]> {
    let mut most = [0; 2];
    for (most, direction) in most.iter_mut().zip(directions) {
        let sender = direction.contract.parties.mno.to_string();
        let mut amounts = [0u64; LANES];
        for terms in &direction.contract.lanes {
            let lane = usize::from(terms.lane);
            let of_lane =
                files.iter().filter(|file| file.sender.as_ref() == Some(&sender)).flat_map(|file| &file.lanes);
            let of_lane = of_lane.filter(|totals| totals.lane == Lane::ALL[lane].name());
            // increments add at most a first step to every record
            let units: u64 =
                of_lane.map(|totals| totals.totals.units + totals.totals.records * u64::from(terms.first)).sum();
            amounts[lane] =
                terms.amount(units, Some(0), Rounding::Ceil)?.max(terms.amount(units, None, Rounding::Ceil)?);
        }
        *most = invoice(&amounts, 0, RATE.numerator, RATE.denominator, Rounding::Ceil)?;
    }
    Ok(most)
}

/// Plans on sale with each operator; one unit of each is sold and activated, so that its pool can pay.
pub fn sell(session: &Session, cast: &Cast, directions: &[Direction; 2], count: u32, most: &[u64; 2]) -> Result<Pools> {
    let mut pools = Pools { of: [Vec::new(), Vec::new()] };
    for (at, direction) in directions.iter().enumerate() {
        let share = u64::from((count / 2).max(1));
        let wholesale = u64::from(BASIS_POINTS - MARGIN_BPS);
        let price = mul_div(most[at], u64::from(BASIS_POINTS), wholesale * share, Rounding::Ceil)?.max(1);
        let catalog = open_catalog(session, cast, direction)?;
        for plan in 0..share {
            let pool = offer(session, cast, direction, catalog, price, plan)?;
            pools.of[at].push(pool);
        }
    }
    Ok(pools)
}

/// The buyer of a direction is who sells plans that the other one carries.
fn open_catalog(session: &Session, cast: &Cast, direction: &Direction) -> Result<Pubkey> {
    let (mint, mvno) = (cast.mint(), &cast.operators[direction.buyer()].key);
    let who = mvno.pubkey();
    let create = catalog_ix::create_catalog(who, cast.payer.pubkey(), 1, mint.address, mint.account(&who), who);
    session.send("create catalog", &[create], &[mvno])?;
    Ok(catalog_at::catalog(&who, 1))
}

fn offer(
    session: &Session,
    cast: &Cast,
    direction: &Direction,
    address: Pubkey,
    price: u64,
    number: u64,
) -> Result<Pubkey> {
    let (payer, subscriber) = (cast.payer.pubkey(), cast.subscriber.pubkey());
    let state: Catalog = fetch::fetch(session.transport, "catalog", &address)?;
    let args = CreatePlanArgs {
        price,
        quotas: [5_000_000_000, 3_600, 3_600, 100, 100, 0, 0, 0],
        validity: 30 * DAY,
        activation_window: 7 * DAY,
        confirmation_window: 0,
        settle_grace: 70 * DAY,
        margin_bps: MARGIN_BPS,
        remainder_policy: RemainderPolicy::ToMvno,
        access: access::ANYONE,
        registrar: Pubkey::default(),
        contract_hash: direction.contract.head.prose_hash,
        name: format!("Roaming {number}"),
        symbol: "ROAM".into(),
        uri: format!("https://example.com/roaming-{number}"),
    };
    let plan = catalog_at::plan(&address, state.plan_count);
    let create = catalog_ix::create_plan(payer, address, &state, direction.agreement, &cast.mint(), args);
    session.send("create plan", &[create], &[&cast.operators[direction.buyer()].key])?;
    let pool = escrow_at::pool(&plan, &direction.agreement);
    let (state, coin) = plans::plan(session.transport, &plan)?;
    let of = plans::plan_ref(plan, &state, coin);
    let account = create_token_2022_account(&payer, &subscriber, &catalog_at::mint(&plan));
    let buy = catalog_ix::purchase(&of, subscriber, payer, 1, 1);
    session.send("buy", &[account, buy], &[&cast.subscriber])?;
    let position = escrow_at::position(&pool, &subscriber, 1);
    let activate = catalog_ix::activate(&of, subscriber, payer, position, 1, Evidence::default());
    session.send("activate", &[activate], &[&cast.subscriber])?;
    Ok(pool)
}
