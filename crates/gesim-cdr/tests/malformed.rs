//! Every way a file can be wrong is refused, where it is wrong and for what.

mod common;

use common::{parse, specimen, Element};
use gesim_cdr::{
    error::ErrorKind as Kind,
    tap::{inspect, inspect_with, Inspection, Policy, Tag},
    CdrError,
};

const GPRS: u64 = 5;

fn application(number: u32) -> Tag {
    Tag { class: 1, constructed: false, number }
}

/// Bends the specimen; the refusal must name this reason, point at an element with this tag and lie in this call event.
fn bent(kind: Kind, tag: u16, record: Option<u64>, bend: impl FnOnce(&mut Element)) -> CdrError {
    let mut root = specimen();
    bend(&mut root);
    let bytes = root.encode();
    let error = inspect(&bytes[..]).expect_err("a refusal");
    assert_eq!((&error.kind, error.record), (&kind, record), "{error}");
    assert_eq!(parse(&bytes[error.offset as usize..]).0.tag, tag, "{error}");
    error
}

/// Changes octets of the encoded specimen after the first occurrence of a pattern.
fn patched(find: &[u8], change: impl FnOnce(&mut [u8])) -> CdrError {
    let mut bytes = specimen().encode();
    let at = bytes.windows(find.len()).position(|window| window == find).unwrap();
    change(&mut bytes[at..]);
    inspect(&bytes[..]).expect_err("a refusal")
}

#[test]
fn specimen_ok() {
    let Inspection::TransferBatch(summary) = inspect(&specimen().encode()[..]).unwrap() else { panic!() };
    assert_eq!((summary.records, summary.lanes.len()), (9, 6));
}

#[test]
fn mandatory_element_missing_fails() {
    let missing = |what, parent| Kind::Missing { what, parent };
    // noticed at the element that comes too early, or at the group when nothing comes after
    bent(missing("dataVolumeIncoming", "gprsServiceUsed"), 251, Some(GPRS), |root| {
        drop(root.at(&[3, 14, 121]).remove(250))
    });
    bent(missing("chargingId", "gprsBasicCallInformation"), 114, Some(GPRS), |root| {
        drop(root.at(&[3, 14, 114]).remove(72))
    });
    bent(missing("networkInfo", "transferBatch"), 8, None, |root| drop(root.remove(6)));
    bent(missing("utcTimeOffsetInfoList", "networkInfo"), 188, None, |root| drop(root.at(&[6]).remove(234)));
    bent(missing("batchControlInfo", "transferBatch"), 5, None, |root| drop(root.remove(4)));
    bent(missing("callEventDetailsCount", "auditControlInfo"), 15, None, |root| drop(root.at(&[15]).remove(43)));
    bent(missing("charge", "chargeDetail"), 65, Some(GPRS), |root| {
        drop(root.at(&[3, 14, 121, 70, 69, 64, 63]).remove(62));
    });
    bent(missing("a start time", "supplServiceEvent"), 11, Some(3), |root| drop(root.at(&[3, 11, 206]).remove(74)));
    bent(missing("a subscriber", "gprsCall"), 14, Some(GPRS), |root| drop(root.at(&[3, 14, 114, 115]).remove(427)));
    let mut root = specimen();
    root.remove(15);
    let error = inspect(&root.encode()[..]).unwrap_err();
    assert_eq!(error.kind, missing("auditControlInfo", "transferBatch"));
}

#[test]
fn charges_without_decimals_fails() {
    let what = "accountingInfo, which gives charges their decimals,";
    bent(Kind::Reference { what: "exchangeRateCode", code: 0, table: "exchange rate table" }, 105, Some(1), |root| {
        drop(root.remove(5));
    });
    let error = bent(Kind::Missing { what, parent: "transferBatch" }, 434, Some(1), |root| {
        root.remove(5);
        let session = root.at(&[3]).remove(434);
        *root.at(&[3]).members() = vec![session];
        root.at(&[3, 434, 448, 449]).remove(105);
        *root.at(&[15, 43]).value() = vec![1];
    });
    assert!(error.more.is_empty());
}

#[test]
fn duplicate_element_fails() {
    bent(Kind::Duplicate { what: "dataVolumeOutgoing", parent: "gprsServiceUsed" }, 251, Some(GPRS), |root| {
        let again = root.at(&[3, 14, 121, 251]).clone();
        root.at(&[3, 14, 121]).members().insert(2, again);
    });
    bent(
        Kind::Duplicate { what: "simChargeableSubscriber", parent: "chargeableSubscriber" },
        199,
        Some(GPRS),
        |root| {
            let again = root.at(&[3, 14, 114, 115, 427, 199]).clone();
            root.at(&[3, 14, 114, 115, 427]).members().push(again);
        },
    );
    bent(Kind::Duplicate { what: "networkInfo", parent: "transferBatch" }, 6, None, |root| {
        let again = root.at(&[6]).clone();
        root.members().insert(3, again);
    });
}

#[test]
fn wrong_order_fails() {
    // a swap shows as the mandatory element that is not where it belongs, or as an optional one that comes late
    bent(Kind::Missing { what: "dataVolumeIncoming", parent: "gprsServiceUsed" }, 251, Some(GPRS), |root| {
        root.at(&[3, 14, 121]).members().swap(0, 1);
    });
    bent(Kind::Order { what: "locationArea", parent: "gprsNetworkLocation" }, 136, Some(GPRS), |root| {
        root.at(&[3, 14, 117, 118]).members().swap(1, 2);
    });
    bent(Kind::Order { what: "accountingInfo", parent: "transferBatch" }, 5, None, |root| root.members().swap(1, 2));
    bent(Kind::Missing { what: "callEventDetails", parent: "transferBatch" }, 15, None, |root| {
        root.members().swap(4, 5)
    });
}

#[test]
fn wrong_tag_fails() {
    let stray = Element::octets(300, &[0]);
    bent(Kind::Unexpected { found: application(59), parent: "gprsServiceUsed" }, 59, Some(GPRS), |root| {
        root.at(&[3, 14, 121]).members().push(Element::octets(59, &[1]));
    });
    // 7 was TAP 3.10's value added services, 500 never was anything
    bent(
        Kind::Unexpected { found: Tag { constructed: true, ..application(7) }, parent: "transferBatch" },
        7,
        None,
        |root| {
            root.members().insert(3, Element::group(7, vec![]));
        },
    );
    bent(Kind::Unexpected { found: application(500), parent: "gprsCall" }, 500, Some(GPRS), |root| {
        root.at(&[3, 14]).members().push(Element::octets(500, &[1]));
    });
    bent(Kind::Unexpected { found: application(59), parent: "callEventDetails" }, 59, Some(10), |root| {
        root.at(&[3]).members().push(Element::octets(59, &[1]));
    });
    bent(Kind::Encoding { what: "orderPlacedTimeStamp", expected: "a constructed element" }, 300, Some(6), |root| {
        *root.at(&[3, 17, 304, 300]) = stray;
    });
    bent(Kind::Encoding { what: "imsi", expected: "a primitive element" }, 129, Some(GPRS), |root| {
        *root.at(&[3, 14, 114, 115, 427, 199, 129]) = Element::group(129, vec![]);
    });
    bent(Kind::EmptyGroup { parent: "chargeInformationList" }, 70, Some(GPRS), |root| {
        root.at(&[3, 14, 121, 70]).members().clear();
    });
    bent(Kind::EmptyGroup { parent: "chargeableSubscriber" }, 427, Some(GPRS), |root| {
        root.at(&[3, 14, 114, 115, 427]).members().clear();
    });
    bent(
        Kind::Unexpected { found: Tag { constructed: true, ..application(9) }, parent: "transferBatch" },
        9,
        None,
        |root| {
            let call = root.at(&[3, 9]).clone();
            root.members().push(call);
        },
    );
}

#[test]
fn integers_fails() {
    let volume =
        |octets: &'static [u8]| move |root: &mut Element| *root.at(&[3, 14, 121, 250]).value() = octets.to_vec();
    let what = "dataVolumeIncoming";
    bent(Kind::Negative { what, value: -1 }, 250, Some(GPRS), volume(&[0xff]));
    bent(Kind::Negative { what, value: i64::MIN }, 250, Some(GPRS), volume(&[0x80, 0, 0, 0, 0, 0, 0, 0]));
    for (octets, reason) in [
        (&[][..], "it has no octets"),
        (&[0, 1], "it begins with nine equal bits"),
        (&[0xff, 0x80], "it begins with nine equal bits"),
        (&[0, 0x80, 0, 0, 0, 0, 0, 0, 0], "it has more than eight octets"),
    ] {
        bent(Kind::BadInteger { what, reason }, 250, Some(GPRS), volume(octets));
    }
    let most = [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let mut root = specimen();
    *root.at(&[3, 14, 121, 250]).value() = most.to_vec();
    *root.at(&[3, 14, 121, 251]).value() = most.to_vec();
    assert!(inspect(&root.encode()[..]).is_ok());
    bent(Kind::Sum("charges"), 63, Some(GPRS), |root| {
        *root.at(&[3, 14, 121, 70, 69, 64, 63, 62]).value() = most.to_vec();
        let detail = root.at(&[3, 14, 121, 70, 69, 64, 63]).clone();
        root.at(&[3, 14, 121, 70, 69, 64]).members().extend([detail.clone(), detail]);
    });
}

#[test]
fn strings_fails() {
    let text = |what, reason| Kind::Text { what, reason };
    let set = |path: &'static [u16], octets: &'static [u8]| {
        move |root: &mut Element| *root.at(path).value() = octets.to_vec()
    };
    let tadig = "no TADIG code (five of A to Z and 0 to 9)";
    bent(text("sender", tadig), 196, None, set(&[4, 196], b"deud1"));
    bent(Kind::Size { what: "recipient", length: 4, min: 5, max: 5 }, 182, None, set(&[4, 182], b"GBRC"));
    bent(text("fileSequenceNumber", "a character that is not a digit"), 109, None, set(&[4, 109], b"0000x"));
    bent(text("fileSequenceNumber", "a character that is not a digit"), 109, None, set(&[4, 109], b" 0001"));
    bent(text("localCurrency", "a character that is not A to Z"), 135, None, set(&[5, 135], b"eur"));
    let service = &[3, 9, 38, 39, 36, 426, 218];
    bent(text("teleServiceCode", "a character that is not 0 to 9 or A to F"), 218, Some(1), set(service, b"1g"));
    let bcd = "a digit that is not 0 to 9 (f fills only the last place)";
    let imsi = &[3, 14, 114, 115, 427, 199, 129];
    bent(text("imsi", bcd), 129, Some(GPRS), set(imsi, &[0x26, 0xf2, 0x01, 0x23]));
    bent(text("imsi", bcd), 129, Some(GPRS), set(imsi, &[0x26, 0x2a, 0x01, 0x23]));
    bent(text("imsi", bcd), 129, Some(GPRS), set(imsi, &[0x26, 0x22, 0x01, 0xff]));
    bent(Kind::Size { what: "imsi", length: 9, min: 3, max: 8 }, 129, Some(GPRS), set(imsi, &[0x11; 9]));
    let name = &[3, 14, 114, 116, 261];
    bent(text("accessPointNameNI", "only blanks"), 261, Some(GPRS), set(name, b"   "));
    bent(text("accessPointNameNI", "a character outside visible ISO 646"), 261, Some(GPRS), set(name, b"a\nb"));
}

#[test]
fn timestamps_fails() {
    let date = |what| Kind::Text { what, reason: "a date or time that does not exist" };
    let event = &[3, 14, 114, 44, 16];
    for digits in
        ["20260230120000", "20260101240000", "20260101006000", "20260101000060", "20261301000000", "20250229000000"]
    {
        bent(date("callEventStartTimeStamp"), 16, Some(GPRS), |root| *root.at(event).value() = digits.into());
    }
    bent(date("transferCutOffTimeStamp"), 16, None, |root| {
        *root.at(&[4, 227, 16]).value() = b"20260001000000".to_vec()
    });
    let reason = "no offset of the form +hhmm or -hhmm, at most 14 hours";
    for offset in ["+1401", "+0260", "02000", "+02:0", "Z0000"] {
        bent(Kind::Text { what: "utcTimeOffset", reason }, 231, None, |root| {
            *root.at(&[6, 234, 233, 231]).value() = offset.into()
        });
    }
    let mut root = specimen();
    *root.at(event).value() = b"20240229000000".to_vec();
    assert!(inspect(&root.encode()[..]).is_ok());
}

#[test]
fn references_fails() {
    let reference = |what, code, table| Kind::Reference { what, code, table };
    let set = |path: &'static [u16]| move |root: &mut Element| *root.at(path).value() = vec![77];
    bent(reference("utcTimeOffsetCode", 77, "UTC offset table"), 232, Some(GPRS), set(&[3, 14, 114, 44, 232]));
    bent(reference("recEntityCode", 77, "recording entity table"), 184, Some(GPRS), set(&[3, 14, 117, 118, 185, 184]));
    bent(reference("exchangeRateCode", 77, "exchange rate table"), 105, Some(GPRS), set(&[3, 14, 121, 70, 69, 105]));
    bent(reference("taxCode", 77, "tax table"), 212, Some(8), set(&[3, 433, 214, 213, 212]));
    bent(reference("messageDescriptionCode", 77, "message description table"), 141, Some(4), set(&[3, 12, 192, 141]));
    bent(Kind::Redefined { table: "UTC offset table", code: 0 }, 233, None, |root| {
        let again = root.at(&[6, 234, 233]).clone();
        root.at(&[6, 234]).members().push(again);
    });
}

#[test]
fn versions_fails() {
    for (specification, release) in [(3, 9), (3, 13), (2, 12), (4, 10)] {
        bent(Kind::Version { specification, release }, 189, None, |root| {
            *root.at(&[4, 201]).value() = vec![specification as u8];
            *root.at(&[4, 189]).value() = vec![release as u8];
        });
    }
}

#[test]
fn header_values_fails() {
    bent(Kind::OutOfRange { what: "fileSequenceNumber", value: 0, expected: "1 to 99999" }, 109, None, |root| {
        *root.at(&[4, 109]).value() = b"00000".to_vec();
    });
    bent(Kind::OutOfRange { what: "tapDecimalPlaces", value: 7, expected: "0 to 6" }, 244, None, |root| {
        *root.at(&[5, 244]).value() = vec![7];
    });
    bent(Kind::OutOfRange { what: "exchangeRate", value: 0, expected: "more than 0" }, 106, None, |root| {
        *root.at(&[5, 80, 106, 104]).value() = vec![0];
    });
    bent(Kind::Text { what: "fileTypeIndicator", reason: "something other than T" }, 110, None, |root| {
        root.at(&[4]).members().push(Element::octets(110, b"X"));
    });
    bent(Kind::OutOfRange { what: "chargeRefundIndicator", value: 2, expected: "1" }, 344, Some(6), |root| {
        root.at(&[3, 17, 285, 352]).members().insert(4, Element::octets(344, &[2]));
    });
}

#[test]
fn lengths_fails() {
    // gprsServiceUsed begins with 7f 79
    let error = patched(&[0x7f, 0x79], |bytes| bytes[2] = 0x7f);
    assert!(matches!(error.kind, Kind::Overrun { what: "gprsServiceUsed", .. }), "{error}");
    let error = patched(&[0x7f, 0x79], |bytes| bytes[2] = 0xff);
    assert_eq!(error.kind, Kind::BadLength("the first octet 0xff is reserved"));
    let error = patched(&[0x7f, 0x79], |bytes| bytes[2] = 0x89);
    assert_eq!(error.kind, Kind::BadLength("it has more than eight octets"));
    // dataVolumeIncoming begins with 5f 81 7a
    let error = patched(&[0x5f, 0x81, 0x7a], |bytes| bytes[3] = 0x80);
    assert_eq!(error.kind, Kind::BadLength("an indefinite length needs a constructed encoding"));
    // the list of call events is longer than the batch around it
    let error = patched(&[0x63, 0x84], |bytes| bytes[2] = 1);
    assert!(matches!(error.kind, Kind::Overrun { what: "transferBatch", .. }), "{error}");
}

#[test]
fn tags_fails() {
    let error = patched(&[0x7f, 0x79], |bytes| bytes[1] = 0x80);
    assert_eq!(error.kind, Kind::BadTag("its number begins with a zero octet"));
    let error = patched(&[0x7f, 0x79], |bytes| bytes[1] = 0x1e);
    assert_eq!(error.kind, Kind::BadTag("numbers below 31 take the short form"));
    let error = patched(&[0x5f, 0x81, 0x7a], |bytes| bytes[1..5].copy_from_slice(&[0x81; 4]));
    assert_eq!(error.kind, Kind::BadTag("its number has more than three octets"));
    let error = patched(&[0x5f, 0x81, 0x7a], |bytes| bytes[0] = 0xdf);
    assert_eq!(error.kind, Kind::Unexpected { found: Tag { class: 3, ..application(250) }, parent: "gprsServiceUsed" });
    let error = patched(&[0x5f, 0x81, 0x7a], |bytes| bytes[0..2].copy_from_slice(&[0, 0]));
    assert_eq!(error.kind, Kind::BadTag("end-of-contents inside a definite length"));
}

#[test]
fn padded_lengths_ok() {
    // BER lets a length have leading zeros; element by element the helper's own encoding has them
    let mut bytes = specimen().encode();
    assert_eq!(bytes[..2], [0x61, 0x84]);
    bytes.splice(1..2, [0x86, 0, 0]);
    assert!(inspect(&bytes[..]).is_ok());
}

/// The beginning of a file up to its call events, batch and list with indefinite lengths.
fn lead() -> Vec<u8> {
    let mut root = specimen();
    let header: Vec<u8> = [4, 5, 6, 8].iter().flat_map(|tag| root.at(&[*tag]).encode()).collect();
    [&[0x61, 0x80][..], &header, &[0x63, 0x80]].concat()
}

#[test]
fn nesting_fails() {
    let bytes = [lead(), [0x6e, 0x80].repeat(100_000)].concat();
    let error = inspect(&bytes[..]).unwrap_err();
    assert_eq!((error.kind, error.record), (Kind::TooDeep(24), Some(1)));
}

#[test]
fn huge_event_fails() {
    let too_large = Kind::TooLarge { what: "gprsCall", limit: 1 << 20 };
    let bytes = [lead(), vec![0x6e, 0x84, 0x7f, 0xff, 0xff, 0xff]].concat();
    assert_eq!(inspect(&bytes[..]).unwrap_err().kind, too_large);
    // the same without a length to look at: nothing is kept past the limit
    let bytes = [lead(), vec![0x6e, 0x80], [0x5f, 0x81, 0x7a, 0x01, 0x00].repeat(1 << 20)].concat();
    assert_eq!(inspect(&bytes[..]).unwrap_err().kind, too_large);
}

#[test]
fn counts_fails() {
    let mut root = specimen();
    *root.at(&[15, 43]).value() = vec![8];
    let error = inspect(&root.encode()[..]).unwrap_err();
    assert_eq!(error.kind, Kind::Count { stated: 8, counted: 9 });
    root.at(&[3]).members().clear();
    let error = inspect(&root.encode()[..]).unwrap_err();
    assert_eq!(error.kind, Kind::NoEvents);
}

#[test]
fn control_totals_fails() {
    let total = |what, stated: &str, computed: &str| Kind::ControlTotal {
        what,
        stated: stated.into(),
        computed: computed.into(),
    };
    let bytes = common::file(&common::options(50));
    let (mut root, _) = parse(&bytes);
    assert!(inspect_with(&bytes[..], Policy::STRICT).is_ok());
    let Inspection::TransferBatch(summary) = inspect(&bytes[..]).unwrap() else { panic!() };
    let charge = summary.total_charge;
    let mut state = |tag: u16, value: u64| {
        let before = std::mem::replace(root.at(&[15, tag]).value(), value.to_be_bytes()[5..].to_vec());
        let bytes = root.encode();
        *root.at(&[15, tag]).value() = before;
        bytes
    };
    // too much is refused whatever is billed; too little where charges are
    let high = state(415, charge + 1);
    let low = state(415, charge - 1);
    let (more, exact, less) = ((charge + 1).to_string(), charge.to_string(), (charge - 1).to_string());
    assert_eq!(inspect(&high[..]).unwrap_err().kind, total("total charge", &more, &exact));
    assert_eq!(inspect_with(&low[..], Policy::STRICT).unwrap_err().kind, total("total charge", &less, &exact));
    let Inspection::TransferBatch(summary) = inspect(&low[..]).unwrap() else { panic!() };
    assert_eq!((summary.total_charge, summary.computed_charge), (charge - 1, charge));
    assert_eq!((summary.discrepancies.len(), summary.discrepancies[0].what), (1, "total charge"));
    let tax = state(226, 70_000);
    assert!(inspect(&tax[..]).is_ok());
    let error = inspect_with(&tax[..], Policy::STRICT).unwrap_err();
    assert_eq!(error.kind, total("total tax", "70000", &summary.tax.to_string()));
    // the same instant on another clock is no difference
    let (mut root, _) = parse(&bytes);
    let earliest = summary.earliest.unwrap();
    let west = gesim_cdr::tap::Stamp::from_unix(earliest.unix(), -480).unwrap().to_string();
    let digits: String = west.chars().take(19).filter(char::is_ascii_digit).collect();
    *root.at(&[15, 101, 16]).value() = digits.into();
    *root.at(&[15, 101, 231]).value() = b"-0800".to_vec();
    assert!(inspect_with(&root.encode()[..], Policy::STRICT).is_ok());
    *root.at(&[15, 101, 231]).value() = b"-0900".to_vec();
    assert!(inspect(&root.encode()[..]).is_ok());
    let error = inspect_with(&root.encode()[..], Policy::STRICT).unwrap_err();
    assert!(matches!(error.kind, Kind::ControlTotal { what: "earliest call", .. }), "{error}");
}

#[test]
fn several_reasons_fails() {
    let mut root = specimen();
    *root.at(&[3, 14, 121, 250]).value() = vec![0xfe];
    *root.at(&[3, 433, 62]).value() = vec![0xfe];
    *root.at(&[15, 43]).value() = vec![1];
    let error = inspect(&root.encode()[..]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("(call event 5): dataVolumeIncoming is negative (-2)"), "{text}");
    assert!(text.contains("(call event 8): charge is negative (-2)"), "{text}");
    assert!(text.contains("the file says that it holds 1 call events, and holds 9"), "{text}");
    assert_eq!(error.more.len(), 2);
}
