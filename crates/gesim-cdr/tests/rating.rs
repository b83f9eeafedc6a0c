use gesim_cdr::rating::{LaneRate, LaneRates, RateCard, RatingError, RoundingName};
use gesim_core::{
    money::Rounding,
    tariff::{invoice, lane_amount},
    CoreError, Lane,
};

fn card() -> RateCard {
    let voice_mo = LaneRate { rate_below: 9, rate_above: 9, per: 60, ..LaneRate::default() };
    let data = LaneRate { threshold: 1_000_000, fixed: 5, rate_below: 3, rate_above: 2, per: 1_000 };
    let lanes = LaneRates { voice_mo, data, ..LaneRates::default() };
    RateCard { rounding: RoundingName::HalfEven, numerator: 10_000, denominator: 1, lanes }
}

#[test]
fn hand_checked_figure_ok() {
    // 1,620,727 minutes at 0.09 is 145,865.43
    let invoice = card().rate(&[0, 1_620_727 * 60, 0, 0, 0, 0, 0, 0]).unwrap();
    assert_eq!(invoice.lane_amounts[Lane::VoiceMo as usize], 14_586_543);
    assert_eq!(invoice.total, 145_865_430_000);
}

#[test]
fn same_as_the_program_ok() {
    let card = card();
    let totals = [2_500_700, 61, 5, 4, 3, 2, 1, 0];
    let rated = card.rate(&totals).unwrap();
    let tariffs = card.lanes.tariffs();
    let amounts = std::array::from_fn(|i| lane_amount(totals[i], &tariffs[i], Rounding::HalfEven).unwrap());
    assert_eq!(rated.lane_amounts, amounts);
    // 5 + (3 x 1,000,000 + 2 x 1,500,700) / 1,000, and 9.15 rounded
    assert_eq!(amounts[..2], [6_006, 9]);
    assert_eq!(rated.total, invoice(&amounts, 10_000, 1, Rounding::HalfEven).unwrap());
}

#[test]
fn file_form_ok() {
    let text = r#"{"rounding":"halfEven","numerator":10000,"denominator":1,"lanes":{
        "voice-mo":{"rateBelow":9,"rateAbove":9,"per":60},
        "data":{"threshold":1000000,"fixed":5,"rateBelow":3,"rateAbove":2,"per":1000}}}"#;
    assert_eq!(serde_json::from_str::<RateCard>(text).unwrap(), card());
    let again = serde_json::to_string(&card()).unwrap();
    assert_eq!(serde_json::from_str::<RateCard>(&again).unwrap(), card());
}

#[test]
fn unknown_lane_fails() {
    let text = r#"{"rounding":"floor","numerator":1,"denominator":1,"lanes":{"video":{}}}"#;
    assert!(serde_json::from_str::<RateCard>(text).unwrap_err().to_string().contains("video"));
}

#[test]
fn broken_tariff_fails() {
    let mut broken = card();
    broken.lanes.sms_mt.per = 0;
    let error = broken.rate(&[0; 8]).unwrap_err();
    assert_eq!(error, RatingError::Lane { lane: Lane::SmsMt, source: CoreError::DivisionByZero });
    let no_rate = RateCard { denominator: 0, ..card() };
    assert_eq!(no_rate.rate(&[0; 8]).unwrap_err(), RatingError::Exchange(CoreError::DivisionByZero));
}
