//! Amounts against an oracle of its own, over the whole range that is rated.

use gesim_cdr::{
    bwrp::{
        contract::{Plan, Threshold},
        Contract, Decimal, Request, Usage,
    },
    rating::{amount, rate, rate_request, RatingError},
};
use proptest::{collection::vec, prelude::*};

/// A value as an integer of 10^-places.
type Scaled = (u64, u32);

fn decimal((value, places): Scaled) -> Decimal {
    Decimal::new(value, places).unwrap()
}

#[derive(Debug, Clone)]
struct Tier {
    start: Scaled,
    linear: Scaled,
    fixed: Scaled,
}

fn thresholds(tiers: &[Tier]) -> Vec<Threshold> {
    let make = |tier: &Tier| Threshold {
        start: decimal(tier.start),
        linear: decimal(tier.linear),
        fixed: decimal(tier.fixed),
    };
    tiers.iter().map(make).collect()
}

/// Tiers that begin at 0, each behind the one before, all at three decimal places.
fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    vec((1..1_000_000_000u64, 0..1_000_000u64, 0..7u32, prop_oneof![Just(0u64), 0..100_000_000u64]), 1..6).prop_map(
        |list| {
            let mut start = 0;
            let mut tiers = Vec::new();
            for (step, linear, places, fixed) in list {
                tiers.push(Tier { start: (start, 3), linear: (linear, places), fixed: (fixed, 6) });
                start += step;
            }
            tiers
        },
    )
}

fn total() -> impl Strategy<Value = Scaled> {
    (0..4_000_000_000u64).prop_map(|value| (value, 3))
}

/// The price of `total` thousandths of a unit in units of 10^-6 of the currency. The linear part is exact, in
/// thousandths times millionths, and rounded once, half to even.
fn oracle(tiers: &[Tier], total: u64) -> u128 {
    let (mut nano, mut fixed) = (0u128, 0u128);
    for (index, tier) in tiers.iter().enumerate() {
        let end = tiers.get(index + 1).map_or(u64::MAX, |next| next.start.0);
        if total > tier.start.0 {
            let linear = u128::from(tier.linear.0) * 10u128.pow(6 - tier.linear.1);
            nano += u128::from(total.min(end) - tier.start.0) * linear;
            fixed += u128::from(tier.fixed.0);
        }
    }
    let (quotient, rest) = (nano / 1000, nano % 1000);
    quotient + u128::from(rest > 500 || rest == 500 && quotient % 2 == 1) + fixed
}

fn micro(value: Decimal) -> u128 {
    assert!(value.places() <= 6);
    value.scaled(6).unwrap().into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tiers_match_the_oracle_ok(tiers in tiers(), total in total()) {
        let got = amount(&Plan::Tiered(thresholds(&tiers)), decimal(total), Decimal::ZERO).unwrap();
        prop_assert_eq!(micro(got), oracle(&tiers, total.0));
    }

    #[test]
    fn balance_matches_the_oracle_ok(balanced in tiers(), unbalanced in tiers(), total in total(), reverse in total()) {
        let plan = Plan::Balanced { balanced: thresholds(&balanced), unbalanced: thresholds(&unbalanced) };
        let got = amount(&plan, decimal(total), decimal(reverse)).unwrap();
        let matched = total.0.min(reverse.0);
        prop_assert_eq!(micro(got), oracle(&balanced, matched) + oracle(&unbalanced, total.0 - matched));
    }

    #[test]
    fn the_tier_reached_prices_everything_ok(tiers in tiers(), total in total()) {
        let got = amount(&Plan::BackToFirst(thresholds(&tiers)), decimal(total), Decimal::ZERO).unwrap();
        let reached = tiers.iter().rev().find(|tier| tier.start.0 < total.0);
        let want = reached.map_or(0, |tier| oracle(&[Tier { start: (0, 3), ..tier.clone() }], total.0));
        prop_assert_eq!(micro(got), want);
    }

    #[test]
    fn more_usage_never_costs_less_ok(tiers in tiers(), total in total(), more in total(), reverse in total()) {
        let (less, more) = (total.0.min(more.0), total.0.max(more.0));
        let plan = Plan::Tiered(thresholds(&tiers));
        let of = |total| amount(&plan, decimal((total, 3)), decimal(reverse)).unwrap();
        prop_assert!(of(less) <= of(more));
    }

    /// However a total is spread over months and networks, it costs the same.
    #[test]
    fn months_add_up_ok(tiers in tiers(), parts in vec(0..100_000_000u64, 1..12)) {
        let rows = |parts: &[u64]| {
            let row = |(month, part): (usize, &u64)| format!(
                r#"{{"yearMonth":"2020{:02}","homeTadig":"{}","visitorTadig":"AAZTD","service":"GPRS","usage":{},"units":"MB"}}"#,
                month + 1, ["AAZOR", "GRCPF"][month % 2], decimal((*part, 3)),
            );
            let rows: Vec<_> = parts.iter().enumerate().map(row).collect();
            format!(r#"{{"inbound":[{}],"outbound":[]}}"#, rows.join(","))
        };
        let steps: Vec<_> = tiers.iter().map(|tier| format!(
            r#"{{"start":"{}","linearPrice":{},"fixedPrice":{}}}"#,
            decimal(tier.start), decimal(tier.linear), decimal(tier.fixed),
        )).collect();
        let contract = format!(
            r#"{{"generalInformation":{{"name":"t"}},"discounts":{{"A":{{"condition":{{"kind":"Unconditional"}},"serviceGroups":[
            {{"homeTadigs":["AAZOR","GRCPF"],"visitorTadigs":["AAZTD"],"services":[{{"service":"GPRS","usagePricing":
            {{"ratingPlan":{{"rate":{{"thresholds":[{}]}}}}}}}}]}}]}}}}}}"#,
            steps.join(","),
        );
        let contract = Contract::read(contract.as_bytes()).unwrap();
        let whole: u64 = parts.iter().sum();
        let of = |parts: &[u64]| {
            let rated = rate(&contract.discounts, &Usage::read(rows(parts).as_bytes()).unwrap()).unwrap();
            rated.parts[0].lines.iter().map(|line| micro(line.deal)).sum::<u128>()
        };
        prop_assert_eq!(of(&parts), of(&[whole]));
        prop_assert_eq!(of(&parts), oracle(&tiers, whole));
    }

    #[test]
    fn decimals_survive_text_ok(value in any::<u64>(), places in 0..20u32) {
        if let Some(number) = Decimal::parse(&format!("{value}e-{places}")) {
            prop_assert_eq!(Decimal::new(value, places), Some(number));
            prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number));
            prop_assert!(number.places() <= places);
        } else {
            prop_assert!(value / 10u64.saturating_pow(places) >= 1_000_000_000_000_000);
        }
    }

    #[test]
    fn percent_matches_the_oracle_ok(own in 0..1_000_000u64, partner in 0..1_000_000u64) {
        let (a, b) = (decimal((own, 0)), decimal((partner, 0)));
        let percent = a.minus(b).unwrap().percent_of(a).unwrap();
        let want = match (own, partner) {
            (0, 0) => 0.0,
            (0, _) => 100.0,
            _ => (own as f64 - partner as f64) / own as f64 * 100.0,
        };
        let got: f64 = percent.to_string().parse().unwrap();
        prop_assert!((got - want).abs() <= 1e-9 * want.abs().max(1.0), "{} {}", got, want);
    }
}

fn flat(linear: Scaled, fixed: Scaled) -> Plan {
    Plan::Tiered(vec![Threshold { start: Decimal::ZERO, linear: decimal(linear), fixed: decimal(fixed) }])
}

#[test]
fn large_and_fine_usage_ok() {
    // 2.7e9 units with twelve places do not fit in 64 bits: nine places do, and the rest is rounded
    let total = Decimal::parse("2755508032.562073123456").unwrap();
    assert_eq!(amount(&flat((35, 4), (0, 0)), total, Decimal::ZERO).unwrap().to_string(), "9644278.113967");
    let total = Decimal::parse("999999999999999").unwrap();
    assert_eq!(amount(&flat((1, 3), (0, 0)), total, Decimal::ZERO).unwrap().to_string(), "999999999999.999");
    // half to even
    for (usage, want) in [("0.5", "0"), ("1.5", "0.000002"), ("2.5", "0.000002")] {
        let got = amount(&flat((1, 6), (0, 0)), Decimal::parse(usage).unwrap(), Decimal::ZERO).unwrap();
        assert_eq!(got.to_string(), want, "{usage}");
    }
    assert_eq!(amount(&flat((1, 0), (1, 0)), Decimal::ZERO, Decimal::ZERO).unwrap(), Decimal::ZERO);
}

#[test]
fn what_does_not_fit_fails() {
    let most = Decimal::parse("999999999999999").unwrap();
    let refused = |plan, total| amount(&plan, total, Decimal::ZERO).unwrap_err();
    assert!(matches!(refused(flat((20, 0), (0, 0)), most), RatingError::Amount { .. }));
    assert!(matches!(refused(flat((1, 13), (0, 0)), most), RatingError::Precision { places: 12, .. }));
    assert!(matches!(refused(flat((1, 0), (1, 7)), most), RatingError::Precision { places: 6, .. }));
    let start = Decimal::parse("0.0000000000001").unwrap();
    let fine = Threshold { start, linear: Decimal::ZERO, fixed: Decimal::ZERO };
    assert!(matches!(refused(Plan::Tiered(vec![fine]), most), RatingError::Precision { .. }));
    assert!(refused(flat((20, 0), (0, 0)), most).hint().is_some());
}

const REQUEST: &str = r#"{"discounts":{"A":{"condition":{"kind":"KIND","commitment":{"value":1000,"includingTaxes":TAXES}},
"serviceGroups":[{"homeTadigs":["AAZOR"],"visitorTadigs":["AAZTD"],"services":[
{"service":"SMSMO","includedInCommitment":true,"usagePricing":{"unit":"SMS","ratingPlan":{"rate":{"linearPrice":2}}}},
{"service":"GPRS","usagePricing":{"unit":"MB","ratingPlan":{"rate":{"linearPrice":3}}}},
{"service":"MTC","includedInCommitment":true,"usagePricing":{"ratingPlan":{"rate":{"linearPrice":7}}}}]}]}},
"usage":{"inbound":[{"service":"SMSMO","usage":100,"units":"SMS","charges":50,"taxes":5,"homeTadig":"AAZOR","visitorTadig":"AAZTD"},
{"service":"GPRS","usage":10,"units":"MB","charges":40,"taxes":4,"homeTadig":"AAZOR","visitorTadig":"AAZTD"}],"outbound":[]}}"#;

fn request(kind: &str, taxes: bool) -> Request {
    let text = REQUEST.replace("KIND", kind).replace("TAXES", &taxes.to_string());
    Request::read(text.as_bytes()).unwrap()
}

#[test]
fn commitments_ok() {
    // what counts, what is missing, and each line's deal value and share
    for (kind, taxes, counted, short, lines) in [
        ("Deal Revenue Commitment", false, "200", "800", [("200", "400"), ("30", "0"), ("0", "400")]),
        ("Deal Revenue Commitment", true, "205", "795", [("200", "397.5"), ("30", "0"), ("0", "397.5")]),
        (
            "Contract Revenue Commitment",
            false,
            "90",
            "910",
            [("50", "303.333334"), ("40", "303.333333"), ("0", "303.333333")],
        ),
        (
            "Contract Revenue Commitment",
            true,
            "99",
            "901",
            [("50", "300.333334"), ("40", "300.333333"), ("0", "300.333333")],
        ),
    ] {
        let (rated, answer) = rate_request(&request(kind, taxes)).unwrap();
        let part = &rated.parts[0];
        assert_eq!(part.committed.map(|(_, counted)| counted.to_string()).as_deref(), Some(counted), "{kind}");
        assert_eq!(part.short.to_string(), short, "{kind}");
        let got: Vec<_> = part.lines.iter().map(|line| (line.deal.to_string(), line.short.to_string())).collect();
        assert_eq!(got, lines.map(|(deal, short)| (deal.to_owned(), short.to_owned())), "{kind}");
        let shares = part.lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.plus(line.short)).unwrap();
        assert_eq!(shares, part.short);
        // a service without usage has no result
        let answer: serde_json::Value = serde_json::from_str(&answer.to_string()).unwrap();
        assert_eq!(answer["intermediateResults"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn commitments_that_are_reached_are_short_of_nothing_ok() {
    let text = REQUEST.replace("KIND", "Deal Revenue Commitment").replace("TAXES", "false").replace("1000", "200");
    let (rated, answer) = rate_request(&Request::read(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(rated.parts[0].short, Decimal::ZERO);
    assert!(!answer.to_string().contains("shortOfCommitment"));
}

#[test]
fn usage_that_contradicts_the_contract_fails() {
    let refused = |from: &str, to: &str, kind: &str| {
        let text = REQUEST.replace(from, to).replace("KIND", kind).replace("TAXES", "false");
        rate_request(&Request::read(text.as_bytes()).unwrap()).unwrap_err()
    };
    let deal = "Deal Revenue Commitment";
    assert!(matches!(refused("\"units\":\"SMS\"", "\"units\":\"min\"", deal), RatingError::Unit { .. }));
    let contract = "Contract Revenue Commitment";
    assert!(matches!(refused("\"charges\":40,", "", contract), RatingError::Charges { .. }));
    let mut turned = request(deal, false);
    turned.discounts[0].groups[0].homes.push("AAZTD".parse().unwrap());
    turned.discounts[0].groups[0].visitors.push("AAZOR".parse().unwrap());
    let mut back = turned.usage.inbound[0].clone();
    (back.home, back.visitor) = (back.visitor, back.home);
    turned.usage.outbound.push(back);
    assert!(matches!(rate_request(&turned).unwrap_err(), RatingError::Directions { .. }));
}
