//! Comma separated values by a mapping: what is read, what is written back, and what is refused where.

use std::{fs, path::PathBuf};

use gesim_cdr::{
    csv::{inspect, CsvReader, CsvWriter, Mapping, MappingError, MAX_LINE},
    error::ErrorKind,
    tap::Policy,
    CdrError, EventKind, ReadOptions, RecordSource, UsageRecord,
};
use gesim_core::Lane;
use proptest::prelude::*;

fn parties() -> ReadOptions {
    ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        ..ReadOptions::default()
    }
}

fn example() -> Mapping {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/csv-mapping.toml");
    Mapping::parse(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Two columns by number and constants for the rest.
fn small() -> Mapping {
    let text = r#"
        csv = { header = false }
        [fields]
        lane = { value = "data" }
        units = { column = 2, unit = "octet" }
        start = { column = 1 }
        imsi = { value = "234150000000001" }
    "#;
    Mapping::parse(text).unwrap()
}

fn records(text: &str, mapping: &Mapping) -> Vec<UsageRecord> {
    CsvReader::open(text.as_bytes(), mapping, &parties()).unwrap().map(Result::unwrap).collect()
}

fn refused(text: &str, mapping: &Mapping) -> CdrError {
    let error = inspect(text.as_bytes(), mapping, &parties()).expect_err("a refusal");
    assert!(error.offset <= text.len() as u64, "{error}");
    error
}

const HEADER: &str = "date;time;service;seconds;volume;imsi;msisdn;called;code;net;vat;currency;element;charging_id;\
                      call_reference;comment\n";
const DATA: &str = "05.01.2026;10:00:00;GPRS;900;1.5;234150000000001;;;;0.0125;;EUR;;77;;\"a \"\"note\"\"; with it\"\n";
const VOICE: &str = "05.01.2026;23:59:59;MOC;61;61;;447700900123;491511234567;11;0.9;0.09;EUR;msc-1;;0a0b;\n";

#[test]
fn example_ok() {
    let text = [HEADER, DATA, VOICE].concat();
    let records = records(&text, &example());
    let [data, voice] = &records[..] else { panic!("{records:?}") };
    assert_eq!((data.lane, data.event, data.units, data.duration), (Lane::Data, EventKind::GprsCall, 1536, Some(900)));
    assert_eq!((data.billed.charge, data.billed.tax), (125, 0));
    assert_eq!(data.start.to_string(), "2026-01-05 10:00:00 +0100");
    assert_eq!((data.subscriber.kind, data.subscriber.reveal()), ("imsi", "234150000000001"));
    assert_eq!(data.references, ["chargingId:77"]);
    assert_eq!((data.offset, voice.offset), (HEADER.len() as u64, (HEADER.len() + DATA.len()) as u64));
    assert_eq!((voice.lane, voice.event, voice.units), (Lane::VoiceMo, EventKind::MobileOriginatedCall, 61));
    assert_eq!((voice.billed.charge, voice.billed.tax), (9000, 900));
    assert_eq!((voice.subscriber.kind, voice.other_party.as_ref().unwrap().reveal()), ("msisdn", "491511234567"));
    assert_eq!((voice.service.as_deref(), &voice.rec_entities[..]), (Some("11"), &["1:msc-1".to_owned()][..]));
    assert_eq!(voice.references, ["callReference:0a0b"]);
    let summary = inspect(text.as_bytes(), &example(), &parties()).unwrap();
    assert_eq!((summary.records, summary.decimals, summary.totals.charge), (2, 4, 9125));
    assert_eq!((summary.currency.as_deref(), summary.sender.as_deref()), (Some("EUR"), Some("DEUD1")));
    let source: Box<dyn RecordSource> = Box::new(CsvReader::open(text.as_bytes(), &example(), &parties()).unwrap());
    let finished = source.finish(Policy::STRICT).unwrap();
    assert_eq!(serde_json::to_value(&finished).unwrap(), serde_json::to_value(&summary).unwrap());
    // lines may end as they do elsewhere, and columns may change places
    let windows = text.replace('\n', "\r\n");
    assert_eq!(inspect(windows.as_bytes(), &example(), &parties()).unwrap().totals, summary.totals);
}

#[test]
fn constants_and_numbers_ok() {
    let records = records("2026-01-05T10:00:00Z,5\n2026-01-05T10:00:00-05:00,6\n", &small());
    assert_eq!(records.iter().map(|record| record.units).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(records[1].start.offset_minutes(), -300);
    assert!(inspect(&b"2026-01-05T10:00:00Z,5\n"[..], &small(), &ReadOptions::default()).unwrap().sender.is_none());
    let error = CsvReader::open(&b"x"[..], &small(), &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("the sender is not named"));
}

#[test]
fn syntax_fails() {
    let good = [HEADER, DATA].concat();
    for (text, at, says) in [
        (String::new(), 0, "the file is empty"),
        ([&good, "a;b\n"].concat(), good.len(), "line 3 has 2 columns, the lines before it 16"),
        (good.trim_end().to_owned(), good.len() - 1, "its last line: it has no line end"),
        ([&good, "\"open;\n", DATA].concat(), good.len() + 6, "line 3 opens a quote that it does not close"),
        ([&good, "\"open;"].concat(), good.len() + 6, "line 3 opens a quote that it does not close"),
        ([&good, "a\rb\n"].concat(), good.len() + 2, "line 3 has a carriage return that ends no line"),
        ([&good, &"x".repeat(MAX_LINE + 1), "\n"].concat(), good.len() + MAX_LINE, "longer than 65536 octets"),
        (good.replacen("volume", "amount", 1), 0, "the column `volume` is not in the header line"),
        (good.replacen("comment", "volume", 1), 0, "the column `volume` is in the header line more than once"),
    ] {
        let error = refused(&text, &example());
        assert_eq!((error.offset, error.to_string().contains(says)), (at as u64, true), "{error}");
    }
    assert_eq!(records(&[&good[..], DATA].concat(), &example()).len(), 2);
    // what comes before a bad line is read: the file is refused when its turn comes
    let bent = [&good, "a\rb\n"].concat();
    let read: Vec<_> = CsvReader::open(bent.as_bytes(), &example(), &parties()).unwrap().collect();
    assert_eq!((read.len(), read[0].is_ok(), read[1].is_err()), (2, true, true));
}

/// Replaces a value of the voice row: the refusal names line, column and value.
fn bad(old: &str, new: &str, says: &str) {
    assert_eq!(VOICE.matches(old).count(), 1, "{old}");
    let error = refused(&[HEADER, DATA, &VOICE.replacen(old, new, 1)].concat(), &example());
    assert_eq!((error.offset, error.record), ((HEADER.len() + DATA.len()) as u64, Some(2)), "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

#[test]
fn values_fails() {
    bad(
        "05.01.2026;",
        "29.02.2026;",
        "line 3, column 1 (date) is `29.02.2026`: expected a time of the mapping's format",
    );
    bad("05.01.2026;", "5.1.2026;", "column 1 (date)");
    bad("23:59:59", "24:00:00", "column 1 (date)");
    bad(";MOC;", ";moc;", "column 3 (service) is `moc`: expected a lane");
    bad(";61;61;", ";61;-61;", "column 5 (volume) is `-61`: expected a number that is a whole number of seconds");
    bad(";61;61;", ";61;61.5;", "column 5 (volume) is `61.5`");
    bad(";61;61;", ";61;1e3;", "column 5 (volume) is `1e3`");
    bad(";61;61;", ";61;;", "column 5 (volume) is ``");
    bad(";61;61;", ";1,5;61;", "column 4 (seconds) is `1,5`: expected a duration");
    bad("447700900123", "+447700900123", "column 7 (msisdn) is `+447700900123`: expected an msisdn");
    bad("447700900123", "", "line 3 names no subscriber");
    bad(";0.9;", ";0.90001;", "column 10 (net) is `0.90001`: expected an amount with at most 4 places, not negative");
    bad(";0.9;", ";-0.9;", "column 10 (net)");
    bad(";0.9;", ";;", "column 10 (net) is ``");
    bad(";0.09;", ";x;", "column 11 (vat)");
    bad(";EUR;", ";USD;", "column 12 (currency) is `USD`: expected EUR, the currency of the file");
    bad("491511234567", "4915\u{7}", "column 8 (called) is ``: expected at most 1024 octets of visible UTF-8");
    let most = refused(&[HEADER, &DATA.replacen(";1.5;", ";99999999999999999;", 1)].concat(), &example());
    assert!(most.to_string().contains("column 5 (volume)"), "{most}");
    let short = refused("2026-01-05T10:00:00Z\n", &small());
    assert!(short.to_string().contains("line 1, column 2 (2) is ``: expected a row of 2 columns or more"), "{short}");
}

#[test]
fn mappings_fails() {
    let text = |change: (&str, &str)| {
        let base = r#"
            [csv]
            delimiter = ","
            [file]
            currency = "EUR"
            decimals = 2
            [fields]
            lane = { column = "lane" }
            units = { column = "units", unit = "KB" }
            start = { column = "start", format = "YYYYMMDDhhmmss", offset = "+01:00" }
            imsi = { column = "imsi" }
        "#;
        assert_eq!(base.matches(change.0).count(), 1, "{}", change.0);
        Mapping::parse(&base.replacen(change.0, change.1, 1))
    };
    assert!(text(("lane = {", "lane = {")).is_ok());
    for (old, new, says) in [
        ("[csv]", "[csv", "not valid TOML"),
        ("delimiter", "delimeter", "unknown field `delimeter`"),
        ("\",\"", "\"\u{e4}\"", "two different ASCII characters"),
        ("\",\"", "\"7\"", "neither letters nor digits"),
        ("\",\"", "'\"'", "two different ASCII characters"),
        ("decimals = 2", "decimals = 7", "at most 6 places"),
        ("\"EUR\"", "\"Euro\"", "three capital letters"),
        ("lane = { column = \"lane\" }", "lane = { value = \"dat\" }", "there is no lane `dat`"),
        ("lane = { column = \"lane\" }", "lane = { column = \"lane\", value = \"data\" }", "either a `column` or a"),
        ("lane = { column = \"lane\" }", "lane = {}", "either a `column` or a constant"),
        ("lane = { column = \"lane\" }", "lane = { column = 0 }", "columns are counted from 1"),
        ("lane = { column = \"lane\" }", "lane = { column = 1001 }", "at most 1000 columns"),
        ("unit = \"KB\"", "unit = \"kB\"", "not valid TOML, or has entries that are not known"),
        ("unit = \"KB\"", "unit = { date = \"KB\" }", "there is no lane `date`"),
        ("YYYYMMDDhhmmss", "YYYYMMDDhhmm", "`ss` has to be there once"),
        ("YYYYMMDDhhmmss", "YYYYMMDDhhmmsszz", "has the UTC offset already"),
        (", offset = \"+01:00\"", "", "give `offset`, or `zz` in the format"),
        ("+01:00", "+1", "it is `+hh:mm`"),
        ("imsi = { column = \"imsi\" }", "", "name the subscriber's column"),
        ("delimiter = \",\"", "header = false", "and the file has no header line"),
    ] {
        let error = text((old, new)).unwrap_err();
        assert!(error.to_string().contains(says), "{old} -> {new}: {error}");
    }
    assert!(matches!(text(("[fields]", "")), Err(MappingError::Toml(_))));
    // a volume in a unit that does not measure the lane
    let mapping = text(("lane = {", "lane = {")).unwrap();
    let error = refused("lane,units,start,imsi\nvoice-mo,1,20260105100000,234150000000001\n", &mapping);
    assert!(error.to_string().contains("a unit that measures voice-mo: the mapping names another"), "{error}");
    let options = ReadOptions { currency: Some("USD".into()), ..parties() };
    let error = inspect(&b"lane,units,start,imsi\n"[..], &mapping, &options).unwrap_err();
    assert!(error.to_string().contains("the currency is EUR in the mapping: expected USD"), "{error}");
}

fn write(records: &[UsageRecord], mapping: &Mapping) -> Result<String, CdrError> {
    let mut out = Vec::new();
    let mut writer = CsvWriter::new(&mut out, mapping)?;
    records.iter().try_for_each(|record| writer.write(record))?;
    assert_eq!(writer.finish()?, records.len() as u64);
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn writer_ok() {
    let records = records(&[HEADER, DATA, VOICE].concat(), &example());
    let text = write(&records, &example()).unwrap();
    let mut lines = text.lines();
    let header = "service;date;time;seconds;volume;imsi;msisdn;called;code;net;vat;currency;element;charging_id;\
                  call_reference";
    assert_eq!(lines.next(), Some(header));
    assert_eq!(lines.next(), Some("GPRS;05.01.2026;10:00:00;900;1.5;234150000000001;;;;0.0125;;EUR;;77;"));
    assert_eq!(
        lines.next(),
        Some("MOC;05.01.2026;23:59:59;61;61;;447700900123;491511234567;11;0.9000;0.0900;EUR;msc-1;;0a0b")
    );
}

#[test]
fn writer_fails() {
    let records = records(&[HEADER, DATA, VOICE].concat(), &example());
    let says = |records: &[UsageRecord], mapping: &str, says: &str| {
        let error = write(records, &Mapping::parse(mapping).unwrap()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    };
    let mapping = |units: &str, rest: &str| {
        format!(
            "file = {{ decimals = 4, currency = \"EUR\" }}\n[fields]\nlane = {{ column = \"lane\" }}\nstart = {{ column \
             = \"start\" }}\nunits = {{ column = \"units\", unit = \"{units}\" }}\n{rest}"
        )
    };
    let charge = "charge = { column = \"net\" }\ntax = { column = \"tax\" }\n";
    let who = "imsi = { column = \"imsi\" }\n";
    says(&records[..1], &mapping("octet", who), "the charge has no column in the mapping");
    says(&records[1..], &mapping("min", &[who, charge].concat()), "the volume of 61 has no exact number");
    says(
        &records[..1],
        &mapping("GB-1000", &[charge, who].concat()).replace("decimals = 4", "decimals = 3"),
        "more than 3 places",
    );
    says(&records[1..], &mapping("s", &[who, charge].concat()), "the subscriber is named by msisdn");
    let constant =
        mapping("octet", &[who, charge].concat()).replace("{ column = \"lane\" }", "{ value = \"voice-mo\" }");
    says(&records[..1], &constant, "the lane is `data`, the mapping's constant another");
    let shared = mapping("octet", &[who, "charge = { column = \"units\" }\n"].concat());
    says(&records[..1], &shared, "shares column `units` with another value");
    let currency = mapping("octet", &[who, charge].concat()).replace("EUR", "USD");
    says(&records[..1], &currency, "the currency is not the mapping's");
}

#[test]
fn full_disk_fails() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let records = records(&[HEADER, DATA].concat(), &example());
    let mapping = example();
    let mut writer = CsvWriter::new(Full, &mapping).unwrap();
    let written = (0..1000).try_for_each(|_| writer.write(&records[0])).and_then(|()| writer.finish().map(drop));
    assert!(matches!(written.unwrap_err().kind, ErrorKind::Io(_)));
}

#[test]
fn every_truncation_fails() {
    let text = [HEADER, DATA, VOICE].concat();
    for length in 0..text.len() {
        let whole_lines = text[..length].ends_with('\n');
        let result = inspect(&text.as_bytes()[..length], &example(), &parties());
        assert_eq!(result.is_ok(), whole_lines, "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn splices_answer_ok(cut in 0usize..600, paste in 0usize..600, length in 0usize..80, junk in "[\",;\\r\\n\\x00a0.]{0,4}") {
        let bytes = [HEADER, DATA, VOICE].concat().into_bytes();
        let from = cut % bytes.len();
        let part = &bytes[from..(from + length).min(bytes.len())];
        let to = paste % bytes.len();
        for bent in [
            [&bytes[..to], part, &bytes[to..]].concat(),
            [&bytes[..to], junk.as_bytes(), &bytes[to..]].concat(),
            [&bytes[..from], &bytes[(from + length).min(bytes.len())..]].concat(),
        ] {
            if let Err(error) = inspect(&bent[..], &example(), &parties()) {
                prop_assert!(error.offset <= bent.len() as u64, "{}", error);
            }
        }
    }

    #[test]
    fn round_trips_ok(rows in proptest::collection::vec((
        0usize..5, 0u64..1 << 40, 0u64..100_000, 0u64..10_000_000, 0u64..1_000_000, 0i64..3_000_000_000, "[ -~äß€]{1,20}",
    ), 1..20)) {
        let mut text = HEADER.to_owned();
        for (kind, octets, seconds, charge, tax, unix, called) in rows {
            let (date, time) = {
                let days = unix / 86_400;
                let (day, month) = (days % 28 + 1, days / 28 % 12 + 1);
                let time = unix % 86_400;
                (format!("{day:02}.{month:02}.{}", 2000 + days / 336 % 100),
                 format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60))
            };
            let name = ["GPRS", "MOC", "MTC", "SMS-MO", "SMS-MT"][kind];
            let volume = match kind {
                0 => format!("{}.{:010}", octets >> 10, (octets & 1023) * 9_765_625),
                1 | 2 => seconds.to_string(),
                _ => "1".into(),
            };
            let quoted = called.trim().replace('"', "\"\"");
            let money = |amount: u64| format!("{}.{:04}", amount / 10_000, amount % 10_000);
            text += &format!(
                "{date};{time};{name};{seconds};{volume};234150000000001;;\"{quoted}\";11;{};{};EUR;;{octets};;\n",
                money(charge), money(tax)
            );
        }
        let first = records(&text, &example());
        let written = write(&first, &example()).unwrap();
        let again = records(&written, &example());
        prop_assert_eq!(first.len(), again.len());
        for (a, b) in first.iter().zip(&again) {
            prop_assert_eq!(a.identity(), b.identity());
            prop_assert_eq!((a.units, a.billed, a.duration, a.lane, a.event), (b.units, b.billed, b.duration, b.lane, b.event));
            prop_assert_eq!((a.start, &a.other_party, &a.service), (b.start, &b.other_party, &b.service));
        }
        // what was written is written the same again
        prop_assert_eq!(write(&again, &example()).unwrap(), written);
    }
}
