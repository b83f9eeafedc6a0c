//! Sessions on the embedded SVM.

use gesim_client::{
    ledger::{self, Entry, Ledger},
    session::sign,
    token::{balance, create_mint, mint_to, MintInfo, SPL_TOKEN},
    ClientError, PriorityFee, Session, SvmTransport, Transport,
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;

const SOL: u64 = 1_000_000_000;

fn start() -> (SvmTransport, Keypair) {
    let svm = SvmTransport::new().expect("the programs load");
    let payer = Keypair::new();
    svm.airdrop(&payer.pubkey(), 100 * SOL).expect("airdrop");
    (svm, payer)
}

#[test]
fn a_step_is_sent_with_a_padded_limit_and_the_right_fee_ok() {
    let (svm, payer) = start();
    let to = Pubkey::new_unique();
    let session = Session::new(&svm, &payer).priority(PriorityFee::Fixed(1_000_000));
    let sent = session.send("pay", &[transfer(&payer.pubkey(), &to, SOL)], &[]).expect("sent");
    assert!(sent.units > 0);
    // 5,000 for the signature, and one lamport for each unit of the limit.
    assert!(sent.fee > 5_000 + sent.units && sent.fee < 5_000 + 2 * sent.units + 400, "{sent:?}");
    assert_eq!(svm.balance(&to).expect("balance"), SOL);
    assert_eq!(svm.balance(&payer.pubkey()).expect("balance"), 99 * SOL - sent.fee);
}

#[test]
fn the_same_transaction_counts_once_ok() {
    let (svm, payer) = start();
    let to = Pubkey::new_unique();
    let blockhash = svm.blockhash().expect("blockhash");
    let pay = [transfer(&payer.pubkey(), &to, SOL)];
    let signed = sign(&payer, &pay, &[], blockhash.hash).expect("signed");
    let first = svm.submit(&signed, blockhash.valid_until).expect("lands");
    let expired = svm.submit(&sign(&payer, &pay, &[&payer], blockhash.hash).expect("signed"), blockhash.valid_until);
    // The blockhash has moved on, but the chain remembers the signature first.
    match expired {
        Ok(receipt) => assert_eq!(receipt.signature, first.signature),
        Err(error) => assert!(matches!(error, ClientError::Expired { .. }), "{error}"),
    }
    assert_eq!(svm.balance(&to).expect("balance"), SOL);
}

#[test]
fn a_dry_run_shows_and_sends_nothing_ok() {
    let (svm, payer) = start();
    let to = Pubkey::new_unique();
    let session = Session::new(&svm, &payer).dry_run(true);
    session.send("pay", &[transfer(&payer.pubkey(), &to, SOL)], &[]).expect("simulated");
    let previews = session.previews();
    let gained = previews[0].changes.iter().find(|change| change.address == to).expect("a change");
    assert_eq!((gained.before, gained.after, gained.mint), (0, SOL, None));
    assert_eq!(svm.balance(&to).expect("balance"), 0);
    assert!(session.sent().is_empty());
    // The first step of a dry run must work.
    let poor = Session::new(&svm, &payer).dry_run(true);
    let refused = poor.send("pay", &[transfer(&payer.pubkey(), &to, 1_000 * SOL)], &[]);
    assert!(matches!(refused, Err(ClientError::Refused(_))), "{refused:?}");
}

#[test]
fn what_is_not_approved_is_not_sent_fails() {
    let (svm, payer) = start();
    let to = Pubkey::new_unique();
    let session = Session::new(&svm, &payer).approve(Box::new(|preview| Ok(preview.fee > SOL)));
    let declined = session.send("pay", &[transfer(&payer.pubkey(), &to, SOL)], &[]);
    assert!(matches!(declined, Err(ClientError::Declined)), "{declined:?}");
    assert_eq!(svm.balance(&to).expect("balance"), 0);
}

#[test]
fn a_missing_signature_is_a_signer_error_fails() {
    let (svm, payer) = start();
    let other = Pubkey::new_unique();
    let result = Session::new(&svm, &payer).send("steal", &[transfer(&other, &payer.pubkey(), SOL)], &[]);
    assert!(matches!(result, Err(ClientError::Signer(_))), "{result:?}");
}

#[test]
fn mints_and_balances_are_read_ok() {
    let (svm, payer) = start();
    let (mint, me) = (Keypair::new(), payer.pubkey());
    let session = Session::new(&svm, &payer);
    session.send("mint", &create_mint(&svm, &me, &mint.pubkey(), &me, 6).expect("steps"), &[&mint]).expect("sent");
    let info = MintInfo::fetch(&svm, &mint.pubkey()).expect("mint");
    assert_eq!((info.program, info.supply, info.decimals), (SPL_TOKEN, 0, 6));
    let account = info.account(&me);
    let fund = [info.create_account(&me, &me), mint_to(&mint.pubkey(), &account, &me, 7).expect("step")];
    session.send("fund", &fund, &[]).expect("sent");
    assert_eq!(balance(&svm, &account).expect("balance"), 7);
    assert!(MintInfo::fetch(&svm, &account).is_err(), "an account is no mint");
    assert!(MintInfo::fetch(&svm, &me).is_err());
}

#[test]
fn the_ledger_remembers_ok() {
    let (svm, payer) = start();
    let me = payer.pubkey();
    let session = Session::new(&svm, &payer);
    assert_eq!(Ledger::fetch(&svm, &me).expect("no ledger"), None);
    session.send("ledger", &ledger::create(&svm, &me).expect("steps"), &[]).expect("made");
    let mut entries = Vec::new();
    for number in 1..=3 {
        let ledger = Ledger::fetch(&svm, &me).expect("read").expect("there");
        assert_eq!((ledger.authority, &ledger.entries), (me, &entries));
        let entry = Entry { number, at: 1_700_000_000 + i64::from(number), digest: [number as u8; 32] };
        session.send("record", &ledger::append(&ledger, &entry).expect("steps"), &[]).expect("recorded");
        entries.push(entry);
    }
    let ledger = Ledger::fetch(&svm, &me).expect("read").expect("there");
    assert_eq!(ledger.entries, entries);

    // Nobody else writes to it.
    let thief = Keypair::new();
    svm.airdrop(&thief.pubkey(), SOL).expect("airdrop");
    let stolen = Ledger { authority: thief.pubkey(), ..ledger };
    let entry = Entry { number: 4, at: 0, digest: [0; 32] };
    let refused = Session::new(&svm, &thief).send("record", &ledger::append(&stolen, &entry).expect("steps"), &[]);
    assert!(matches!(refused, Err(ClientError::Refused(_))), "{refused:?}");
}

#[test]
fn many_steps_land_at_once_ok() {
    let (svm, payer) = start();
    let to = Pubkey::new_unique();
    let session = Session::new(&svm, &payer);
    let steps: Vec<_> = (1..=20).map(|amount| vec![transfer(&payer.pubkey(), &to, SOL + amount)]).collect();
    let heard = std::cell::Cell::new(0);
    session.send_many("pay", &steps, &[], &|done| heard.set(done)).expect("sent");
    assert_eq!((heard.get(), session.resigned(), session.sent().len()), (20, 0, 20));
    assert_eq!(svm.balance(&to).expect("balance"), 20 * SOL + 210);
    // An equal step later is another transaction.
    session.send_many("pay", &steps[..1], &[], &|_| {}).expect("sent again");
    assert_eq!(svm.balance(&to).expect("balance"), 21 * SOL + 211);
}
