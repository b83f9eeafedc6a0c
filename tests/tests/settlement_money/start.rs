//! The two agreements that every game begins with.

use super::*;

pub fn rate(index: usize) -> ExchangeRate {
    let (numerator, denominator) = [(1, 1), (3, 2), (1, 3)][index % 3];
    ExchangeRate { numerator, denominator, ..RATE }
}

/// The agreement of the other direction.
pub fn reverse(w: &World) -> Pubkey {
    seeds::agreement(&w.mno, &w.mvno.pubkey(), 2).0
}

/// A flat price; tiers with fixed parts, other prices for what is not balanced, tax and a commitment; half the price, with
/// the largest penalty.
pub fn specs(arbiter: Pubkey, reverse: Pubkey) -> [Spec; VERSIONS as usize] {
    let mut specs = [flat(), flat(), flat()];
    specs.iter_mut().for_each(|spec| spec.head.arbiter = arbiter);
    let [_, tiered, half] = &mut specs;
    let tiers = [Tier { start: 0, rate: 3, fixed: 50 }, Tier { start: 500, rate: 1, fixed: 200 }];
    tiered.lanes = vec![lane(0, &tiers), lane(1, &tiers[..1])];
    // dearer in one lane, cheaper in the other
    tiered.lanes[0].unbalanced = vec![Tier { start: 0, rate: 5, fixed: 0 }];
    tiered.lanes[1].unbalanced = vec![Tier { start: 0, rate: 1, fixed: 10 }];
    tiered.head.reverse = reverse;
    (tiered.head.tax_bps, tiered.head.penalty_bps, tiered.head.timeout_rule) = (1_900, 0, TimeoutRule::Split);
    let commitment = RevenueCommitment { amount: 5_000, from: PERIODS[0], to: PERIODS[1], lanes: 0xFF, with_tax: true };
    tiered.head.commitment = commitment;
    half.lanes.iter_mut().for_each(|lane| lane.per = 2);
    (half.head.penalty_bps, half.head.timeout_rule) = (100_000, TimeoutRule::Pay);
    half.head.commitment = RevenueCommitment { amount: 700, to: PERIODS[0], lanes: 1, with_tax: false, ..commitment };
    specs
}

/// Makes the agreement of the other direction, with closed statements.
pub fn other_direction(w: &mut World) {
    let (own, [operator, mvno]) = (w.agreement, [&w.operator, &w.mvno].map(|key| key.insecure_clone()));
    w.ok(w.propose_agreement(operator.pubkey(), 2, &flat().frame), &[&operator]);
    w.agreement = reverse(w);
    let version = w.agree(&flat());
    for period in PERIODS {
        w.open_books(period, version);
        w.ok(w.close_period_early(period), &[&operator, &mvno]);
    }
    w.agreement = own;
}

/// The agreement with its versions, before anything is billed: every game begins here.
pub struct Start {
    world: World,
    chain: Chain,
    arbiter: Keypair,
    pools: [PoolAccounts; 3],
    purse: Pubkey,
    home: Pubkey,
}

impl Start {
    pub fn new() -> Self {
        let arbiter = Keypair::new();
        let address = reverse(&World::bare());
        let [first, rest @ ..] = specs(arbiter.pubkey(), address);
        let mut world = World::with_agreement(&first);
        other_direction(&mut world);
        for spec in &rest {
            world.agree(spec);
        }
        let pools = POOLS.map(|(wholesale, margin)| world.pool(world.agreement, wholesale, margin));
        let (coin, operator, mvno) = (world.coin, world.operator.pubkey(), world.mvno.pubkey());
        let purse = world.chain.funded(&coin, &operator, PURSE);
        let home = associated(&mut world.chain, &coin, &mvno);
        let chain = world.chain.clone();
        Self { world, chain, arbiter, pools, purse, home }
    }

    pub fn game(&mut self, versions: [u32; 2]) -> Game<'_> {
        self.world.chain = self.chain.clone();
        for (period, version) in PERIODS.into_iter().zip(versions) {
            self.world.open_books(period, version);
        }
        Game {
            w: &mut self.world,
            arbiter: &self.arbiter,
            pools: self.pools,
            purse: self.purse,
            home: self.home,
            batches: vec![],
            pending: BTreeMap::new(),
            shown: vec![],
            notes: vec![],
            last: None,
            struck: [[0; 3]; 2],
            penalties: 0,
            withdrawn: 0,
            reached: BTreeMap::new(),
        }
    }
}
