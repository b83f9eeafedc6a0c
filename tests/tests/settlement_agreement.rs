//! Agreements: proposed by one side, signed by the other, left by either.

use gesim_tests::{
    attack::{self, nothing},
    settlement::{replace, terms, World, PERIOD},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{agreement::MAX_WINDOW, config::pause, seeds, Agreement, AgreementState, PeriodRate, Side},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

fn people(w: &World) -> (Keypair, Keypair, Keypair) {
    (w.operator.insecure_clone(), w.mvno.insecure_clone(), w.stranger.insecure_clone())
}

#[test]
fn proposed_by_the_mno_ok() {
    let mut w = World::new();
    let (operator, mvno, _) = people(&w);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms()), &[&operator]);
    let a: Agreement = w.chain.fetch(&w.agreement);
    assert_eq!((a.state, a.proposed_by), (AgreementState::Proposed, Side::Mno));
    assert_eq!((a.mno, a.mvno, a.mvno_origin), (w.mno, mvno.pubkey(), mvno.pubkey()));
    assert_eq!((a.mint, a.payout, a.tariff), (w.coin.mint, w.payout, terms().tariff));
    w.fails(w.sign_agreement(operator.pubkey()), &[&operator], E::NotTheMvno);
    let meta = w.ok(w.sign_agreement(mvno.pubkey()), &[&mvno]);
    assert_eq!(meta.events::<events::AgreementSigned>()[0].signed_by, Side::Mvno);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).state, AgreementState::Active);
    w.fails(w.sign_agreement(mvno.pubkey()), &[&mvno], E::WrongAgreementState);
}

#[test]
fn proposed_by_the_mvno_ok() {
    let mut w = World::new();
    let (operator, mvno, _) = people(&w);
    w.ok(w.propose_agreement(mvno.pubkey(), 1, &terms()), &[&mvno]);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).proposed_by, Side::Mvno);
    w.fails(w.sign_agreement(mvno.pubkey()), &[&mvno], E::NotTheMno);
    w.ok(w.sign_agreement(operator.pubkey()), &[&operator]);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).state, AgreementState::Active);
}

#[test]
fn propose_fails() {
    let mut w = World::new();
    let (operator, _, stranger) = people(&w);
    w.fails(w.propose_agreement(stranger.pubkey(), 1, &terms()), &[&stranger], E::NotASide);
    // a payout account of another mint
    let coin = w.chain.coin();
    let other = w.chain.token_account(&coin, &operator.pubkey());
    let ix = replace(w.propose_agreement(operator.pubkey(), 1, &terms()), &w.payout, &other);
    w.fails(ix, &[&operator], E::WrongMint);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.propose_agreement(operator.pubkey(), 1, &terms()), &[&operator], E::Paused);
    w.ok(w.set_paused(pause::ALL ^ pause::AGREE), &[]);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms()), &[&operator]);
    let twice = w.propose_agreement(operator.pubkey(), 1, &terms());
    w.chain.send(&[twice], &[&operator]).expect_err("an agreement is proposed once");
}

#[test]
fn propose_with_bad_terms_fails() {
    let mut w = World::new();
    let operator = w.operator.insecure_clone();
    let good = terms();
    let mut no_unit = good.clone();
    no_unit.tariff[7].per = 0;
    let bad = [
        (settlement::Terms { measure: 2, ..good.clone() }, E::BadMeasure),
        (settlement::Terms { rounding: 3, ..good.clone() }, E::BadRounding),
        (settlement::Terms { currency_decimals: 19, ..good.clone() }, E::BadDecimals),
        (settlement::Terms { prove_window: 0, ..good.clone() }, E::BadWindow),
        (settlement::Terms { dispute_window: 0, ..good.clone() }, E::BadWindow),
        (settlement::Terms { resolve_window: MAX_WINDOW + 1, ..good.clone() }, E::BadWindow),
        (no_unit, E::BadTariff),
    ];
    for (terms, error) in bad {
        w.fails(w.propose_agreement(operator.pubkey(), 1, &terms), &[&operator], error);
    }
    let longest = settlement::Terms { resolve_window: MAX_WINDOW, ..good };
    w.ok(w.propose_agreement(operator.pubkey(), 1, &longest), &[&operator]);
}

#[test]
fn propose_attacks_fail() {
    let mut w = World::new();
    let (operator, mvno, stranger) = people(&w);
    let ix = w.propose_agreement(operator.pubkey(), 1, &terms());
    // rent from anybody (0); the MVNO may propose as well (1); any account of the mint can be the payout (6)
    let spare = w.prover_token;
    let copies = |index: usize, key: &_| {
        let free = index == 0 || index == 6;
        free || (index == 1 && *key == mvno.pubkey())
    };
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey(), spare], &copies);
}

#[test]
fn sign_attacks_fail() {
    let mut w = World::new();
    let (operator, mvno, stranger) = people(&w);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms()), &[&operator]);
    w.fails(w.sign_agreement(stranger.pubkey()), &[&stranger], E::NotTheMvno);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.sign_agreement(mvno.pubkey()), &[&mvno], E::Paused);
    w.ok(w.set_paused(0), &[]);
    let ix = w.sign_agreement(mvno.pubkey());
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey(), operator.pubkey()], &nothing);
}

#[test]
fn terminate_by_either_side_ok() {
    for by_mno in [true, false] {
        let mut w = World::with_agreement(&terms());
        let (operator, mvno, stranger) = people(&w);
        w.fails(w.terminate_agreement(stranger.pubkey()), &[&stranger], E::NotASide);
        // nobody is held by a pause
        w.ok(w.set_paused(pause::ALL), &[]);
        let key = if by_mno { &operator } else { &mvno };
        let meta = w.ok(w.terminate_agreement(key.pubkey()), &[key]);
        let side = if by_mno { Side::Mno } else { Side::Mvno };
        assert_eq!(meta.events::<events::AgreementTerminated>()[0].terminated_by, side);
        w.fails(w.terminate_agreement(key.pubkey()), &[key], E::WrongAgreementState);
        w.ok(w.set_paused(0), &[]);
        w.fails(w.set_rate(202_612, 1, 1), &[&operator, &mvno], E::WrongAgreementState);
    }
}

#[test]
fn terminated_proposal_cannot_be_signed_fails() {
    let mut w = World::new();
    let (operator, mvno, _) = people(&w);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms()), &[&operator]);
    w.ok(w.terminate_agreement(mvno.pubkey()), &[&mvno]);
    w.fails(w.sign_agreement(mvno.pubkey()), &[&mvno], E::WrongAgreementState);
}

#[test]
fn set_payout_ok() {
    let mut w = World::with_agreement(&terms());
    let (operator, mvno, _) = people(&w);
    let coin = w.coin;
    let next = w.chain.token_account(&coin, &operator.pubkey());
    let mut theft = w.set_payout(next);
    theft.accounts[0].pubkey = mvno.pubkey();
    w.fails(theft, &[&mvno], E::NotTheMno);
    let other_coin = w.chain.coin();
    let wrong = w.chain.token_account(&other_coin, &operator.pubkey());
    w.fails(w.set_payout(wrong), &[&operator], E::WrongMint);
    w.ok(w.set_payout(next), &[&operator]);
    assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).payout, next);
}

#[test]
fn mvno_authority_passes_in_two_steps_ok() {
    let mut w = World::with_agreement(&terms());
    let (operator, mvno, stranger) = people(&w);
    w.fails(w.propose_mvno_authority(operator.pubkey(), stranger.pubkey()), &[&operator], E::NotTheMvno);
    w.fails(w.accept_mvno_authority(stranger.pubkey()), &[&stranger], E::NotTheSuccessor);
    w.ok(w.propose_mvno_authority(mvno.pubkey(), stranger.pubkey()), &[&mvno]);
    w.ok(w.accept_mvno_authority(stranger.pubkey()), &[&stranger]);
    let a: Agreement = w.chain.fetch(&w.agreement);
    assert_eq!((a.mvno, a.mvno_origin, a.pending_mvno), (stranger.pubkey(), mvno.pubkey(), Default::default()));
    w.fails(w.set_rate(202_612, 1, 1), &[&operator, &mvno], E::NotTheMvno);
    let ix = replace(w.set_rate(202_612, 1, 1), &mvno.pubkey(), &stranger.pubkey());
    w.ok(ix, &[&operator, &stranger]);
}

#[test]
fn set_rate_ok() {
    let mut w = World::with_agreement(&terms());
    let (operator, mvno, _) = people(&w);
    w.ok(w.set_rate(202_612, 10_000, 3), &[&operator, &mvno]);
    let rate: PeriodRate = w.chain.fetch(&seeds::rate(&w.agreement, 202_612).0);
    assert_eq!((rate.period, rate.numerator, rate.denominator), (202_612, 10_000, 3));
    w.chain.send(&[w.set_rate(202_612, 1, 1)], &[&operator, &mvno]).expect_err("a rate is set once");
}

#[test]
fn set_rate_fails() {
    let mut w = World::with_agreement(&terms());
    let (operator, mvno, stranger) = people(&w);
    let both = [&operator, &mvno];
    for period in [0, 199_912, 202_600, 202_613, 210_001, u32::MAX, 20_261_101] {
        w.fails(w.set_rate(period, 1, 1), &both, E::BadPeriod);
    }
    w.fails(w.set_rate(202_612, 0, 1), &both, E::BadRate);
    w.fails(w.set_rate(202_612, 1, 0), &both, E::BadRate);
    let alone = replace(w.set_rate(202_612, 1, 1), &operator.pubkey(), &stranger.pubkey());
    w.fails(alone, &[&stranger, &mvno], E::NotTheMno);
    let alone = replace(w.set_rate(202_612, 1, 1), &mvno.pubkey(), &stranger.pubkey());
    w.fails(alone, &[&stranger, &operator], E::NotTheMvno);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.set_rate(202_612, 1, 1), &both, E::Paused);
    w.ok(w.set_paused(0), &[]);
    let ix = w.set_rate(202_612, 1, 1);
    let taken = seeds::rate(&w.agreement, PERIOD).0;
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey(), taken], &|index, _| index == 0);
}

#[test]
fn terminate_payout_and_mvno_attacks_fail() {
    let mut w = World::with_agreement(&terms());
    let (stranger, operator, mvno) = (w.stranger.pubkey(), w.operator.pubkey(), w.mvno.pubkey());
    let ix = w.propose_mvno_authority(mvno, stranger);
    attack::everything(&mut w.chain, &ix, &[stranger, operator], &nothing);
    let ix = w.terminate_agreement(mvno);
    attack::everything(&mut w.chain, &ix, &[stranger], &|index, key| index == 0 && *key == operator);
    // any account of the mint can become the payout account, if the MNO says so
    let (ix, mint) = (w.set_payout(w.payout), w.coin.mint);
    attack::everything(&mut w.chain, &ix, &[stranger, mvno, mint], &|index, _| index == 3);
}
