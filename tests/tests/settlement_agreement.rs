//! Agreements: proposed by either side, in force with its first terms, left by either.

use gesim_tests::{
    attack::{self, nothing},
    settlement::{replace, terms, World, RATE},
};
use settlement::{
    error::SettlementError as E,
    events,
    state::{agreement::MAX_WINDOW, config::pause, Agreement, AgreementState, Frame, Side},
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
    let meta = w.ok(w.propose_agreement(operator.pubkey(), 1, &terms().frame), &[&operator]);
    assert_eq!(meta.events::<events::AgreementProposed>()[0].proposed_by, Side::Mno);
    let a: Agreement = w.chain.fetch(&w.agreement);
    assert_eq!((a.state, a.terms, a.drafts), (AgreementState::Proposed, 0, 0));
    assert_eq!((a.mno, a.mvno, a.mvno_origin), (w.mno, mvno.pubkey(), mvno.pubkey()));
    assert_eq!((a.mint, a.payout, a.frame), (w.coin.mint, w.payout, terms().frame));
    assert_eq!((a.owed, a.bond, a.terminated_at), (0, 0, 0));
}

#[test]
fn proposed_by_the_mvno_ok() {
    let mut w = World::new();
    let mvno = w.mvno.insecure_clone();
    let meta = w.ok(w.propose_agreement(mvno.pubkey(), 1, &terms().frame), &[&mvno]);
    assert_eq!(meta.events::<events::AgreementProposed>()[0].proposed_by, Side::Mvno);
    // who proposes does not matter for who drafts
    let version = w.agree(&terms());
    let a: Agreement = w.chain.fetch(&w.agreement);
    assert_eq!((a.state, a.terms), (AgreementState::Active, version));
}

#[test]
fn propose_fails() {
    let mut w = World::new();
    let (operator, _, stranger) = people(&w);
    w.fails(w.propose_agreement(stranger.pubkey(), 1, &terms().frame), &[&stranger], E::NotASide);
    // a payout account of another mint
    let coin = w.chain.coin();
    let other = w.chain.token_account(&coin, &operator.pubkey());
    let ix = replace(w.propose_agreement(operator.pubkey(), 1, &terms().frame), &w.payout, &other);
    w.fails(ix, &[&operator], E::WrongMint);
    w.ok(w.set_paused(pause::AGREE), &[]);
    w.fails(w.propose_agreement(operator.pubkey(), 1, &terms().frame), &[&operator], E::Paused);
    w.ok(w.set_paused(pause::ALL ^ pause::AGREE), &[]);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms().frame), &[&operator]);
    let twice = w.propose_agreement(operator.pubkey(), 1, &terms().frame);
    w.chain.send(&[twice], &[&operator]).expect_err("an agreement is proposed once");
}

#[test]
fn propose_with_a_bad_frame_fails() {
    let mut w = World::new();
    let operator = w.operator.insecure_clone();
    let good = terms().frame;
    let bad = [
        (Frame { measure: 2, ..good }, E::BadMeasure),
        (Frame { rounding: 3, ..good }, E::BadRounding),
        (Frame { currency_decimals: 19, ..good }, E::BadDecimals),
        (Frame { prove_window: 0, ..good }, E::BadWindow),
        (Frame { dispute_window: 0, ..good }, E::BadWindow),
        (Frame { resolve_window: MAX_WINDOW + 1, ..good }, E::BadWindow),
    ];
    for (frame, error) in bad {
        w.fails(w.propose_agreement(operator.pubkey(), 1, &frame), &[&operator], error);
    }
    let longest = Frame { resolve_window: MAX_WINDOW, ..good };
    w.ok(w.propose_agreement(operator.pubkey(), 1, &longest), &[&operator]);
}

#[test]
fn propose_attacks_fail() {
    let mut w = World::new();
    let (operator, mvno, stranger) = people(&w);
    let ix = w.propose_agreement(operator.pubkey(), 1, &terms().frame);
    // rent from anybody (0); the MVNO may propose as well (1); any account of the mint can be the payout (6)
    let spare = w.prover_token;
    let copies = |index: usize, key: &_| {
        let free = index == 0 || index == 6;
        free || (index == 1 && *key == mvno.pubkey())
    };
    attack::everything(&mut w.chain, &ix, &[stranger.pubkey(), spare], &copies);
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
        assert_eq!(w.chain.fetch::<Agreement>(&w.agreement).terminated_at, w.chain.now());
        w.fails(w.open_period(202_612, 1, RATE), &[&operator, &mvno], E::WrongAgreementState);
        w.fails(w.draft_terms(key.pubkey(), 2, &terms().head), &[key], E::WrongAgreementState);
    }
}

#[test]
fn terminated_proposal_cannot_be_signed_fails() {
    let mut w = World::new();
    let (operator, mvno, _) = people(&w);
    w.ok(w.propose_agreement(operator.pubkey(), 1, &terms().frame), &[&operator]);
    let version = w.draft(&operator, &terms());
    w.ok(w.sign_terms(operator.pubkey(), version), &[&operator]);
    w.ok(w.terminate_agreement(mvno.pubkey()), &[&mvno]);
    w.fails(w.sign_terms(mvno.pubkey(), version), &[&mvno], E::WrongAgreementState);
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
    w.fails(w.open_period(202_612, 1, RATE), &[&operator, &mvno], E::NotTheMvno);
    let ix = replace(w.open_period(202_612, 1, RATE), &mvno.pubkey(), &stranger.pubkey());
    w.ok(ix, &[&operator, &stranger]);
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
