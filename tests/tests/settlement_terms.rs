//! Versions of the terms: drafted by one side, signed by both, and nothing but what was signed is in force.

use anchor_lang::prelude::Pubkey;
use gesim_tests::{
    attack::{self, nothing},
    settlement::{flat, lane, terms, Spec, World, PERIOD, RATE},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{
        agreement::MAX_WINDOW,
        config::pause,
        seeds,
        terms::{contract_hash, RevenueCommitment, SlaStep, MAX_LATE_DAYS, MAX_PENALTY_BPS},
        Agreement, AgreementState, LaneTerms, Side, Terms, TermsHead, TermsState, Tier,
    },
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// An agreement without terms, and the keys of operator, MVNO and a stranger.
fn proposed() -> (World, [Keypair; 3]) {
    let mut w = World::new();
    let keys = [&w.operator, &w.mvno, &w.stranger].map(Keypair::insecure_clone);
    w.ok(w.propose_agreement(keys[0].pubkey(), 1, &terms().frame), &[&keys[0]]);
    (w, keys)
}

/// With a draft of the MNO's.
fn drafted(spec: &Spec) -> (World, [Keypair; 3]) {
    let (mut w, keys) = proposed();
    assert_eq!(w.draft(&keys[0], spec), 1);
    (w, keys)
}

#[test]
fn drafted_and_signed_ok() {
    let (mut w, [operator, mvno, _]) = proposed();
    let spec = terms();
    let meta = w.ok(w.draft_terms(mvno.pubkey(), 1, &spec.head), &[&mvno]);
    assert_eq!(meta.events::<events::TermsDrafted>()[0].drafted_by, Side::Mvno);
    for lane in &spec.lanes {
        w.ok(w.set_lane(mvno.pubkey(), 1, lane), &[&mvno]);
    }
    let draft = w.terms(1);
    assert_eq!((draft.state, draft.number, draft.contract_hash), (TermsState::Draft, 1, [0; 32]));
    assert_eq!((&draft.head, &draft.lanes), (&spec.head, &spec.lanes));
    assert_eq!(w.chain.account(&w.terms_at(1)).expect("terms").data.len(), Terms::space(&spec.lanes));
    // what is signed is what a document with these terms hashes to
    let hash = contract_hash(&spec.frame, &spec.head, &spec.lanes).expect("a hash");
    w.ok(w.version(mvno.pubkey(), 1).sign(hash), &[&mvno]);
    assert_eq!(w.terms(1).state, TermsState::Signed);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).state, AgreementState::Proposed);
    let meta = w.ok(w.version(operator.pubkey(), 1).sign(hash), &[&operator]);
    let event = &meta.events::<events::TermsSigned>()[0];
    assert_eq!((event.signed_by, event.contract_hash, event.state), (Side::Mno, hash, TermsState::Active));
    let agreement: Agreement = w.chain.fetch(&w.agreement);
    assert_eq!((agreement.state, agreement.terms, agreement.drafts), (AgreementState::Active, 1, 1));
    assert_eq!((w.terms(1).state, w.terms(1).contract_hash), (TermsState::Active, hash));
}

#[test]
fn draft_fails() {
    let (mut w, [operator, mvno, stranger]) = proposed();
    let head = terms().head;
    w.fails(w.draft_terms(stranger.pubkey(), 1, &head), &[&stranger], E::NotASide);
    for number in [0, 2, u32::MAX] {
        w.chain
            .send(&[w.draft_terms(operator.pubkey(), number, &head)], &[&operator])
            .expect_err("numbers are in order");
    }
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.draft_terms(operator.pubkey(), 1, &head), &[&operator], E::Paused);
    w.ok(w.set_paused(pause::ALL ^ pause::AGREE), &[]);
    w.ok(w.draft_terms(operator.pubkey(), 1, &head), &[&operator]);
    w.chain.send(&[w.draft_terms(operator.pubkey(), 1, &head)], &[&operator]).expect_err("a number is used once");
    // both sides may have drafts at a time
    w.ok(w.draft_terms(mvno.pubkey(), 2, &head), &[&mvno]);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).drafts, 2);
}

#[test]
fn draft_with_a_bad_head_fails() {
    let (mut w, [operator, ..]) = proposed();
    let good = terms().head;
    let commitment = RevenueCommitment { amount: 1, from: 202_601, to: 202_612, lanes: 1, with_tax: false };
    let step = |below_bps, reduction_bps| SlaStep { below_bps, reduction_bps };
    let head = || good.clone();
    let committed = |commitment| TermsHead { commitment, ..head() };
    let bad = [
        (TermsHead { effective_from: 0, ..head() }, E::BadPeriod),
        (TermsHead { effective_from: 202_613, ..head() }, E::BadPeriod),
        (TermsHead { tax_bps: 10_001, ..head() }, E::BadTerms),
        (TermsHead { penalty_bps: MAX_PENALTY_BPS + 1, ..head() }, E::BadTerms),
        (TermsHead { late_days: MAX_LATE_DAYS + 1, ..head() }, E::BadTerms),
        (TermsHead { close_grace: MAX_WINDOW + 1, ..head() }, E::BadWindow),
        (committed(RevenueCommitment { from: 202_600, ..commitment }), E::BadTerms),
        (committed(RevenueCommitment { to: 202_613, ..commitment }), E::BadTerms),
        (committed(RevenueCommitment { from: 202_612, to: 202_611, ..commitment }), E::BadTerms),
        (committed(RevenueCommitment { from: 202_512, ..commitment }), E::BadTerms),
        (committed(RevenueCommitment { lanes: 0, ..commitment }), E::BadTerms),
        (TermsHead { sla: vec![step(9_999, 10_001)], ..head() }, E::BadTerms),
        (TermsHead { sla: vec![step(10_001, 1)], ..head() }, E::BadTerms),
        (TermsHead { sla: vec![step(9_900, 1), step(9_900, 2)], ..head() }, E::BadTerms),
        (TermsHead { sla: vec![step(9_900, 1), step(9_800, 2)], ..head() }, E::BadTerms),
        (TermsHead { sla: (0..9).map(|i| step(i, i)).collect(), ..head() }, E::BadTerms),
    ];
    for (head, error) in bad {
        w.fails(w.draft_terms(operator.pubkey(), 1, &head), &[&operator], error);
    }
    let most = TermsHead {
        tax_bps: 10_000,
        penalty_bps: MAX_PENALTY_BPS,
        late_days: MAX_LATE_DAYS,
        close_grace: MAX_WINDOW,
        commitment: RevenueCommitment { amount: u64::MAX, from: 202_601, to: 202_601, lanes: 255, with_tax: true },
        sla: (0..8).map(|i| step(i, 10_000)).collect(),
        ..head()
    };
    w.ok(w.draft_terms(operator.pubkey(), 1, &most), &[&operator]);
    assert_eq!(w.terms(1).head, most);
}

#[test]
fn set_lane_ok() {
    let (mut w, [operator, ..]) = proposed();
    let key = operator.pubkey();
    w.ok(w.draft_terms(key, 1, &terms().head), &[&operator]);
    let flat = |number, rate| lane(number, &[Tier { start: 0, rate, fixed: 0 }]);
    // in any order, and anew: they end up in order, the last word counts
    for (number, rate) in [(7, 1), (0, 2), (3, 3), (0, 4), (7, 5)] {
        w.ok(w.set_lane(key, 1, &flat(number, rate)), &[&operator]);
    }
    assert_eq!(w.terms(1).lanes, [flat(0, 4), flat(3, 3), flat(7, 5)]);
    // eight lanes of eight tiers twice: the most there can be
    let tiers: Vec<_> = (0..8).map(|start| Tier { start, rate: u64::MAX, fixed: u64::MAX }).collect();
    let unbalanced = tiers.clone();
    for number in 0..8 {
        let full = LaneTerms { unbalanced: unbalanced.clone(), ..lane(number, &tiers) };
        w.ok(w.set_lane(key, 1, &full), &[&operator]);
        assert_eq!(w.terms(1).lane(number.into()), Some(&full));
    }
    w.terms(1).lanes.iter().for_each(|lane| assert_eq!(lane.tiers, tiers));
}

#[test]
fn set_bad_lane_fails() {
    let (mut w, [operator, ..]) = proposed();
    let key = operator.pubkey();
    w.ok(w.draft_terms(key, 1, &terms().head), &[&operator]);
    let tier = |start| Tier { start, rate: 1, fixed: 0 };
    let good = lane(7, &[tier(0)]);
    let with = |tiers: &[Tier]| lane(7, tiers);
    let bad = [
        (LaneTerms { lane: 8, ..good.clone() }, E::BadTariff),
        (LaneTerms { lane: 255, ..good.clone() }, E::BadTariff),
        (LaneTerms { per: 0, ..good.clone() }, E::BadTariff),
        (LaneTerms { first: 0, ..good.clone() }, E::BadTariff),
        (LaneTerms { next: 0, ..good.clone() }, E::BadTariff),
        (LaneTerms { increment_rounding: 3, ..good.clone() }, E::BadRounding),
        (with(&[tier(1)]), E::BadTariff),
        (with(&[tier(0), tier(0)]), E::BadTariff),
        (with(&[tier(0), tier(9), tier(8)]), E::BadTariff),
        (with(&(0..9).map(tier).collect::<Vec<_>>()), E::BadTariff),
        (LaneTerms { unbalanced: vec![tier(1)], ..good.clone() }, E::BadTariff),
        (LaneTerms { unbalanced: (0..9).map(tier).collect(), ..good.clone() }, E::BadTariff),
    ];
    for (lane, error) in bad {
        w.fails(w.set_lane(key, 1, &lane), &[&operator], error);
    }
    assert_eq!(w.terms(1).lanes, []);
    // no prices at all is free of charge
    w.ok(w.set_lane(key, 1, &with(&[])), &[&operator]);
}

#[test]
fn set_lane_by_others_or_after_a_signature_fails() {
    let (mut w, [operator, mvno, stranger]) = drafted(&terms());
    let cheap = lane(0, &[]);
    w.fails(w.set_lane(stranger.pubkey(), 1, &cheap), &[&stranger], E::NotASide);
    w.fails(w.set_lane(mvno.pubkey(), 1, &cheap), &[&mvno], E::NotADraft);
    w.ok(w.sign_terms(operator.pubkey(), 1), &[&operator]);
    w.fails(w.set_lane(operator.pubkey(), 1, &cheap), &[&operator], E::NotADraft);
    w.ok(w.sign_terms(mvno.pubkey(), 1), &[&mvno]);
    for side in [&operator, &mvno] {
        w.fails(w.set_lane(side.pubkey(), 1, &cheap), &[side], E::NotADraft);
    }
    assert_eq!(w.terms(1).lanes, terms().lanes);
}

#[test]
fn sign_what_is_not_there_fails() {
    let (mut w, [operator, mvno, _]) = drafted(&terms());
    let good = terms();
    let hash = |spec: &Spec| contract_hash(&spec.frame, &spec.head, &spec.lanes).expect("a hash");
    let mut dearer = good.clone();
    dearer.lanes[7].tiers[1].rate += 1;
    let mut coarser = good.clone();
    coarser.lanes[1].next = 30;
    let mut fewer = good.clone();
    fewer.lanes.pop();
    let mut prose = good.clone();
    prose.head.prose_hash[31] ^= 1;
    let mut taxed = good.clone();
    taxed.head.tax_bps = 1;
    let mut rounded = good.clone();
    rounded.frame.rounding = 2;
    let others = [dearer, coarser, fewer, prose, taxed, rounded].map(|spec| hash(&spec));
    for wrong in others.into_iter().chain([[0; 32], [9; 32]]) {
        w.fails(w.version(operator.pubkey(), 1).sign(wrong), &[&operator], E::WrongContractHash);
    }
    w.ok(w.version(operator.pubkey(), 1).sign(hash(&good)), &[&operator]);
    for wrong in others {
        w.fails(w.version(mvno.pubkey(), 1).sign(wrong), &[&mvno], E::WrongContractHash);
    }
    w.ok(w.version(mvno.pubkey(), 1).sign(hash(&good)), &[&mvno]);
}

#[test]
fn sign_in_the_wrong_order_or_twice_fails() {
    let (mut w, [operator, mvno, stranger]) = drafted(&terms());
    w.fails(w.sign_terms(stranger.pubkey(), 1), &[&stranger], E::NotASide);
    // the side that did not draft cannot sign what may still change
    w.fails(w.sign_terms(mvno.pubkey(), 1), &[&mvno], E::WrongTermsState);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.sign_terms(operator.pubkey(), 1), &[&operator], E::Paused);
    w.ok(w.set_paused(0), &[]);
    w.ok(w.sign_terms(operator.pubkey(), 1), &[&operator]);
    w.fails(w.sign_terms(operator.pubkey(), 1), &[&operator], E::WrongTermsState);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).state, AgreementState::Proposed);
    w.ok(w.sign_terms(mvno.pubkey(), 1), &[&mvno]);
    for side in [&operator, &mvno] {
        w.fails(w.sign_terms(side.pubkey(), 1), &[side], E::WrongTermsState);
    }
}

/// One key for both sides counts as one side, whatever it signs.
#[test]
fn one_key_for_both_sides_fails() {
    let (mut w, [operator, mvno, _]) = drafted(&terms());
    w.edit(&w.agreement.clone(), |agreement: &mut Agreement| agreement.mvno = operator.pubkey());
    w.ok(w.sign_terms(operator.pubkey(), 1), &[&operator]);
    w.fails(w.sign_terms(operator.pubkey(), 1), &[&operator], E::WrongTermsState);
    w.fails(w.sign_terms(mvno.pubkey(), 1), &[&mvno], E::NotASide);
}

#[test]
fn older_version_over_a_newer_one_fails() {
    let (mut w, [operator, mvno, _]) = drafted(&terms());
    w.ok(w.sign_terms(operator.pubkey(), 1), &[&operator]);
    assert_eq!(w.agree(&flat()), 2);
    w.fails(w.sign_terms(mvno.pubkey(), 1), &[&mvno], E::WrongTermsState);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).terms, 2);
    assert_eq!(w.agree(&terms()), 3);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).terms, 3);
    // a version that was in force once still rates what it is asked to rate
    w.open_books(PERIOD, 2);
    w.fails(w.open_period(202_612, 1, RATE), &[&operator, &mvno], E::WrongTermsState);
}

#[test]
fn balanced_prices_without_a_reverse_agreement_fails() {
    let mut spec = terms();
    spec.lanes[3].unbalanced = vec![Tier { start: 0, rate: 9, fixed: 0 }];
    let (mut w, [operator, ..]) = drafted(&spec);
    w.fails(w.sign_terms(operator.pubkey(), 1), &[&operator], E::BadTerms);
    spec.head.reverse = Pubkey::new_unique();
    let number = w.draft(&operator, &spec);
    w.ok(w.sign_terms(operator.pubkey(), number), &[&operator]);
}

#[test]
fn terms_of_another_agreement_fails() {
    let (mut w, [operator, mvno, _]) = drafted(&terms());
    w.ok(w.propose_agreement(operator.pubkey(), 2, &terms().frame), &[&operator]);
    let (first, other) = (w.agreement, seeds::agreement(&w.mno, &mvno.pubkey(), 2).0);
    let (sign, set) = (w.sign_terms(operator.pubkey(), 1), w.set_lane(operator.pubkey(), 1, &lane(0, &[])));
    for ix in [sign, set] {
        w.fails(gesim_tests::settlement::replace(ix, &first, &other), &[&operator], E::WrongAgreement);
    }
}

#[test]
fn terms_attacks_fail() {
    let (mut w, [operator, mvno, stranger]) = drafted(&terms());
    let decoys = [stranger.pubkey(), w.terms_at(1)];
    // rent from anybody; either side may draft
    let ix = w.draft_terms(operator.pubkey(), 2, &terms().head);
    let allowed = |index: usize, key: &Pubkey| index == 0 || (index == 1 && *key == mvno.pubkey());
    attack::everything(&mut w.chain, &ix, &[&decoys[..], &[mvno.pubkey()]].concat(), &allowed);
    let ix = w.set_lane(operator.pubkey(), 1, &lane(0, &[]));
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey(), mvno.pubkey()], &|index, _| index == 0);
    let (mut w, _) = drafted(&terms());
    let (operator, mvno) = (w.operator.pubkey(), w.mvno.pubkey());
    let ix = w.sign_terms(operator, 1);
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey(), mvno], &nothing);
}
