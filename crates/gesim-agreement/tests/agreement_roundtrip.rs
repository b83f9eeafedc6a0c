//! Terms -> document -> terms: nothing is lost, whatever the terms.

use anchor_lang::prelude::Pubkey;
use gesim_agreement::{Contract, Document, Money, Parties};
use proptest::{collection::vec, prelude::*};
use settlement::state::{
    terms::{RevenueCommitment, SlaStep},
    Frame, LaneTerms, TermsHead, Tier, TimeoutRule,
};

fn key() -> impl Strategy<Value = Pubkey> {
    any::<[u8; 32]>().prop_map(Pubkey::new_from_array)
}

fn period() -> impl Strategy<Value = u32> {
    (2000u32..2100, 1u32..=12).prop_map(|(year, month)| year * 100 + month)
}

fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    vec((1..=u64::MAX / 8, any::<u64>(), any::<u64>()), 1..=8).prop_map(|parts| {
        let mut start = 0;
        let tier = |(step, rate, fixed)| {
            let tier = Tier { start, rate, fixed };
            start += step;
            tier
        };
        parts.into_iter().map(tier).collect()
    })
}

fn lane(lane: u8, charge: bool) -> impl Strategy<Value = LaneTerms> {
    let increment = (1..=u32::MAX, 1..=u32::MAX).prop_map(move |pair| if charge { (1, 1) } else { pair });
    (increment, 0..3u8, 1..=u64::MAX, tiers(), prop_oneof![Just(Vec::new()), tiers()]).prop_map(
        move |((first, next), increment_rounding, per, tiers, unbalanced)| LaneTerms {
            lane,
            first,
            next,
            increment_rounding,
            per,
            tiers,
            unbalanced,
        },
    )
}

fn lanes(charge: bool) -> impl Strategy<Value = Vec<LaneTerms>> {
    (any::<u8>(), (0..8).map(|index| lane(index, charge)).collect::<Vec<_>>())
        .prop_map(|(keep, lanes)| lanes.into_iter().filter(|terms| keep & (1 << terms.lane) != 0).collect())
}

fn frame() -> impl Strategy<Value = Frame> {
    let window = || 1..=400 * 86_400u32;
    (0..2u8, 0..=18u8, 0..3u8, window(), window(), window(), any::<u64>()).prop_map(
        |(measure, currency_decimals, rounding, prove_window, dispute_window, resolve_window, prover_reward)| Frame {
            measure,
            currency_decimals,
            rounding,
            prove_window,
            dispute_window,
            resolve_window,
            prover_reward,
        },
    )
}

fn commitment(from: u32) -> impl Strategy<Value = RevenueCommitment> {
    (any::<u64>(), period(), 1..=u8::MAX, any::<bool>()).prop_map(move |(amount, to, lanes, with_tax)| match amount {
        0 => RevenueCommitment::default(),
        amount => RevenueCommitment { amount, from, to: to.max(from), lanes, with_tax },
    })
}

fn sla() -> impl Strategy<Value = Vec<SlaStep>> {
    vec((0..=1_250u16, 0..=10_000u16), 0..=7).prop_map(|parts| {
        let mut below_bps = 0;
        let step = |(more, reduction_bps)| {
            below_bps += more + 1;
            SlaStep { below_bps, reduction_bps }
        };
        parts.into_iter().map(step).collect()
    })
}

fn head() -> impl Strategy<Value = TermsHead> {
    let numbers = (0..=10_000u16, any::<u16>(), 0..=400u16, 0..=100_000u32, 0..=400 * 86_400u32);
    let rule = prop_oneof![Just(TimeoutRule::Pay), Just(TimeoutRule::Drop), Just(TimeoutRule::Split)];
    let source = "[!-~][ -~]{0,31}";
    (period().prop_flat_map(|from| (Just(from), commitment(from))), numbers, rule, source, key(), key(), sla())
        .prop_map(|((effective_from, commitment), numbers, timeout_rule, source, arbiter, reverse, sla)| {
            let (tax_bps, payment_days, late_days, penalty_bps, close_grace) = numbers;
            let mut rate_source = [0; 32];
            rate_source[..source.len()].copy_from_slice(source.as_bytes());
            let prose_hash = [0; 32];
            TermsHead {
                effective_from,
                prose_hash,
                tax_bps,
                commitment,
                arbiter,
                timeout_rule,
                payment_days,
                late_days,
                penalty_bps,
                reverse,
                close_grace,
                rate_source,
                sla,
            }
        })
}

fn contract() -> impl Strategy<Value = Contract> {
    let parties = ("[A-Z0-9]{5}", "[A-Z0-9]{5}", key());
    let money = ("[A-Z]{3}", key(), 0..=18u8);
    let terms = frame().prop_flat_map(|frame| (Just(frame), lanes(frame.measure == 1)));
    (any::<u32>(), parties, money, head(), terms).prop_map(|(number, parties, money, head, (frame, lanes))| Contract {
        number,
        parties: Parties {
            mno: parties.0.parse().expect("a TADIG code"),
            mvno: parties.1.parse().expect("a TADIG code"),
            mvno_address: parties.2,
        },
        money: Money { currency: money.0, mint: money.1, mint_decimals: money.2 },
        frame,
        head,
        lanes,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn terms_come_back_as_they_were_ok(contract in contract()) {
        let text = contract.to_document();
        let document = Document::parse(text.as_bytes()).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let mut read = document.contract.clone();
        read.head.prose_hash = [0; 32];
        prop_assert_eq!(read, contract);
        let windows = text.replace('\n', "\r\n");
        prop_assert_eq!(Document::parse(windows.as_bytes()).expect("reads").contract_hash(), document.contract_hash());
    }

    /// Two documents sign alike only when their terms are alike, whatever their text.
    #[test]
    fn other_terms_are_another_hash_ok(one in contract(), other in contract()) {
        let [one, mut other] = [one, other].map(|contract| Document::parse(contract.to_document().as_bytes()).expect("reads"));
        other.contract.head.prose_hash = one.prose_hash();
        let (frame, head, lanes) = (one.contract.frame, &one.contract.head, &one.contract.lanes);
        let same = frame == other.contract.frame && *head == other.contract.head && *lanes == other.contract.lanes;
        prop_assert_eq!(one.contract_hash() == other.contract_hash(), same);
    }

    /// Whatever is read: an answer, never a panic.
    #[test]
    fn noise_is_answered_ok(at in any::<prop::sample::Index>(), bytes in vec(any::<u8>(), 0..8), skip in 0..8usize) {
        let example = include_bytes!("../../../docs/examples/agreement.md");
        let at = at.index(example.len());
        let rest = example.get(at + skip..).unwrap_or_default();
        if let Ok(document) = Document::parse(&[&example[..at], &bytes, rest].concat()) {
            let _ = gesim_agreement::render(&document);
            prop_assert!(document.contract.to_document().contains("gesim-terms"));
        }
    }
}
