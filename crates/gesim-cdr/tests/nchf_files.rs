//! Charging data requests: what they hold is counted once, and what is wrong is refused where it is.

use gesim_cdr::{
    nchf::{inspect, NchfReader, MAX_REQUEST},
    tap::Policy,
    CdrError, EventKind, ReadOptions, RecordSource, UsageRecord,
};
use gesim_core::Lane;
use proptest::prelude::*;
use serde_json::{json, Value};

fn parties() -> ReadOptions {
    ReadOptions {
        sender: Some("DEUD1".parse().unwrap()),
        recipient: Some("GBRCN".parse().unwrap()),
        ..ReadOptions::default()
    }
}

fn records(text: &str) -> Vec<UsageRecord> {
    NchfReader::open(text.as_bytes(), &parties()).unwrap().map(Result::unwrap).collect()
}

fn refused(text: &str) -> CdrError {
    let error = inspect(text.as_bytes(), &parties()).expect_err("a refusal");
    assert!(error.offset <= text.len() as u64, "{error}");
    error
}

/// An update of a PDU session: two rating groups, three containers.
fn update(sequence: u64) -> Value {
    json!({
        "subscriberIdentifier": "imsi-234150000000001",
        "nfConsumerIdentification": {
            "nFName": "5f1a9c1e-0000-4000-8000-00000000000a",
            "nFPLMNID": { "mcc": "262", "mnc": "01" },
            "nodeFunctionality": "SMF"
        },
        "invocationTimeStamp": "2026-01-05T10:30:00.5+01:00",
        "invocationSequenceNumber": sequence,
        "multipleUnitUsage": [
            { "ratingGroup": 100, "usedUnitContainer": [
                { "localSequenceNumber": 1, "totalVolume": 1500, "uplinkVolume": 500, "downlinkVolume": 1000,
                  "time": 60, "triggers": [{ "triggerType": "VOLUME_LIMIT", "triggerCategory": "IMMEDIATE_REPORT" }],
                  "pDUContainerInformation": {
                    "timeofFirstUsage": "2026-01-05T10:00:00+01:00", "timeofLastUsage": "2026-01-05T10:01:00+01:00" } },
                { "localSequenceNumber": 2, "totalVolume": 7 } ] },
            { "ratingGroup": 200, "requestedUnit": {}, "usedUnitContainer": [
                { "localSequenceNumber": 3, "uplinkVolume": 1, "downlinkVolume": 18446744073709551u64 } ] },
            { "ratingGroup": 300 }
        ],
        "pDUSessionChargingInformation": {
            "chargingId": 77,
            "userInformation": { "servedGPSI": "msisdn-447700900123", "roamerInOut": "IN_BOUND" },
            "pduSessionInformation": {
                "pduSessionID": 5, "dnnId": "internet", "startTime": "2026-01-05T09:00:00+01:00",
                "servingCNPlmnId": { "mcc": "310", "mnc": "260" } }
        }
    })
}

fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut request = update(1);
    change(&mut request);
    request.to_string()
}

#[test]
fn containers_ok() {
    let records = records(&update(3).to_string());
    let units: Vec<_> = records.iter().map(|record| record.units).collect();
    assert_eq!(units, [1500, 7, 18_446_744_073_709_552]);
    let first = &records[0];
    assert_eq!((first.event, first.lane, first.duration), (EventKind::GprsCall, Lane::Data, Some(60)));
    assert_eq!(first.start.to_string(), "2026-01-05 10:00:00 +0100");
    assert_eq!(records[1].start.to_string(), "2026-01-05 10:30:00 +0100");
    assert_eq!(first.references, ["chargingId:77", "pduSession:5", "invocation:3", "ratingGroup:100", "container:1"]);
    assert_eq!(first.rec_entities, ["7:5f1a9c1e-0000-4000-8000-00000000000a"]);
    assert_eq!((first.subscriber.kind, first.subscriber.reveal()), ("imsi", "234150000000001"));
    let names: std::collections::HashSet<_> = records.iter().map(UsageRecord::identity).collect();
    assert_eq!(names.len(), 3);
}

#[test]
fn single_lines_and_array_ok() {
    let requests: Vec<_> = (0..5).map(|sequence| update(sequence).to_string()).collect();
    let pretty = serde_json::to_string_pretty(&update(0)).unwrap();
    for (text, count) in [
        (pretty, 1),
        (requests.join("\n"), 5),
        (requests.join("\r\n") + "\r\n\r\n", 5),
        (format!("[{}]", requests.join(",")), 5),
        (format!(" [ {} ]\n", requests.join(" ,\n ")), 5),
    ] {
        let summary = inspect(text.as_bytes(), &parties()).unwrap();
        assert_eq!(summary.records, 3 * count);
        assert_eq!(summary.remarks[0], format!("{count} requests, 0 without usage"));
        assert_eq!(summary.remarks[1], format!("serving networks: 310260 {count}"));
        let source: Box<dyn RecordSource> = Box::new(NchfReader::open(text.as_bytes(), &parties()).unwrap());
        let finished = source.finish(Policy::STRICT).unwrap();
        assert_eq!((finished.records, finished.sender.as_deref()), (3 * count, Some("DEUD1")));
    }
    assert_eq!(inspect(&b"[]"[..], &parties()).unwrap().records, 0);
}

#[test]
fn without_usage_ok() {
    let text = with(|request| drop(request.as_object_mut().unwrap().remove("multipleUnitUsage")));
    let summary = inspect(text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((summary.records, summary.sender), (0, None));
    assert_eq!(summary.remarks[0], "1 requests, 1 without usage");
}

#[test]
fn roaming_containers_ok() {
    let text = with(|request| {
        request["roamingQBCInformation"] = json!({ "multipleQFIcontainer": [
            { "localSequenceNumber": 9, "uplinkVolume": 10, "downlinkVolume": 20,
              "qFIContainerInformation": { "qFI": 8, "timeofFirstUsage": "2026-01-05T10:00:00Z" } } ] });
    });
    let records = records(&text);
    assert_eq!((records.len(), records[0].units), (1, 30));
    assert!(records[0].references.contains(&"qosFlow:8".to_owned()));
    let remarks = inspect(text.as_bytes(), &parties()).unwrap().remarks;
    assert!(remarks.iter().any(|remark| remark.starts_with("1 requests count their traffic by QoS flow")));
}

#[test]
fn roaming_containers_without_octets_ok() {
    // nothing to bill by QoS flow: what is counted by rating group stands
    let text = with(|request| {
        request["retransmissionIndicator"] = json!(true);
        request["roamingQBCInformation"] = json!({ "multipleQFIcontainer": [{ "localSequenceNumber": 9, "time": 5 }] });
    });
    assert_eq!(records(&text).len(), 3);
    let remarks = inspect(text.as_bytes(), &parties()).unwrap().remarks.join("; ");
    assert!(!remarks.contains("QoS flow") && remarks.contains("1 requests were sent again"), "{remarks}");
}

#[test]
fn messages_and_calls_ok() {
    let message = |kind: &str| {
        with(|request| {
            let members = request.as_object_mut().unwrap();
            members.remove("pDUSessionChargingInformation");
            members.remove("multipleUnitUsage");
            request["sMSChargingInformation"] = json!({
                "sMMessageType": kind, "messageReference": "17",
                "originatorInfo": { "originatorGPSI": "msisdn-491511234567" },
                "recipientInfo": [{ "recipientGPSI": "msisdn-491517654321" }] });
        })
    };
    for (kind, lane, other) in [("SUBMISSION", Lane::SmsMo, "491517654321"), ("DELIVERY", Lane::SmsMt, "491511234567")]
    {
        let records = records(&message(kind));
        assert_eq!((records.len(), records[0].lane, records[0].units), (1, lane, 1));
        assert_eq!(records[0].other_party.as_ref().unwrap().reveal(), other);
    }
    assert!(refused(&message("SM_SERVICE_REQUEST")).to_string().contains("sMMessageType"));
    let call = with(|request| {
        request.as_object_mut().unwrap().remove("pDUSessionChargingInformation");
        request["multipleUnitUsage"] = json!([
            { "ratingGroup": 1, "usedUnitContainer": [{ "localSequenceNumber": 1, "time": 61 }] }]);
        request["iMSChargingInformation"] = json!({
            "roleOfNode": "ORIGINATING", "calledPartyAddress": "tel:+491511234567", "imsChargingIdentifier": "abc" });
    });
    let records = records(&call);
    assert_eq!((records[0].lane, records[0].units, records[0].event), (Lane::VoiceMo, 61, EventKind::MobileSession));
    assert_eq!(records[0].references[0], "icid:abc");
    assert_eq!(records[0].other_party.as_ref().unwrap().reveal(), "491511234567");
}

#[test]
fn repeated_request_fails() {
    let text = [update(0), update(1), update(0)].map(|request| request.to_string()).join("\n");
    let error = refused(&text);
    assert_eq!(error.record, Some(3));
    assert!(error.to_string().ends_with("the request repeats invocationSequenceNumber 0 of its session"), "{error}");
    assert!(text[error.offset as usize..].starts_with("{"));
    // another session may use the number
    let mut other = update(0);
    other["pDUSessionChargingInformation"]["chargingId"] = json!(78);
    assert!(inspect(format!("{}\n{other}", update(0)).as_bytes(), &parties()).is_ok());
    // and so may the next session of a subscriber, where sessions have no charging id
    let anonymous = |start: &str| {
        let mut request = update(0);
        let session = &mut request["pDUSessionChargingInformation"];
        session.as_object_mut().unwrap().remove("chargingId");
        session["pduSessionInformation"]["startTime"] = json!(start);
        request.to_string()
    };
    let [first, second] = ["2026-01-05T09:00:00Z", "2026-01-05T09:30:00Z"].map(anonymous);
    assert!(inspect(format!("{first}\n{second}").as_bytes(), &parties()).is_ok());
    assert!(refused(&format!("{first}\n{first}")).to_string().contains("repeats"));
}

#[test]
fn extensions_ok() {
    let text = with(|request| {
        request["vendorNote"] = json!({ "deep": [1, 2] });
        request["pDUSessionChargingInformation"]["vendorFlag"] = json!(true);
    });
    let remarks = inspect(text.as_bytes(), &parties()).unwrap().remarks;
    let expected = "members that TS 32.291 does not define, passed over: \
                    pDUSessionChargingInformation.vendorFlag 1, vendorNote 1";
    assert!(remarks.iter().any(|remark| remark == expected), "{remarks:?}");
}

/// Changes one member, which the refusal must name and point at.
fn bad(pointer: &str, value: Value, says: &str) {
    let text = with(|request| *request.pointer_mut(pointer).unwrap() = value.clone());
    let error = refused(&text);
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(error.record, Some(1));
    assert!(text[error.offset as usize..].starts_with(&value.to_string()), "{error}");
}

#[test]
fn values_fails() {
    bad("/invocationSequenceNumber", json!(4_294_967_296u64), "invocationSequenceNumber is 4294967296: expected an");
    bad("/invocationSequenceNumber", json!(-1), "is -1: expected an integer from 0 to 4294967295");
    bad("/invocationSequenceNumber", json!(1.0), "is 1.0: expected an integer");
    bad("/invocationSequenceNumber", json!("1"), "is `1`: expected an integer");
    bad("/invocationTimeStamp", json!("2026-13-05T10:30:00Z"), "expected a time as in");
    bad("/invocationTimeStamp", json!("2026-01-05T10:30:00"), "(RFC 3339)");
    bad("/subscriberIdentifier", json!("imsi-1234"), "subscriberIdentifier");
    bad("/subscriberIdentifier", json!("234150000000001"), "expected `imsi-`");
    bad("/nfConsumerIdentification/nFPLMNID/mnc", json!("1"), "nFPLMNID.mnc is `1`");
    bad("/multipleUnitUsage", json!({}), "multipleUnitUsage is an object: expected a list");
    bad("/multipleUnitUsage/0/ratingGroup", json!([]), "multipleUnitUsage[0].ratingGroup is a list");
    bad("/multipleUnitUsage/0/usedUnitContainer/0/totalVolume", json!(1e3), "is 1000.0: expected an integer");
    bad("/multipleUnitUsage/0/usedUnitContainer/0/time", json!(true), "usedUnitContainer[0].time is true");
    bad(
        "/pDUSessionChargingInformation/pduSessionInformation/pduSessionID",
        json!(256),
        "expected an integer from 0 to",
    );
    bad("/pDUSessionChargingInformation/chargingId", json!("77"), "chargingId is `77`");
}

#[test]
fn missing_members_fails() {
    for (parent, name) in [
        ("", "nfConsumerIdentification"),
        ("", "invocationTimeStamp"),
        ("", "invocationSequenceNumber"),
        ("/nfConsumerIdentification", "nodeFunctionality"),
        ("/multipleUnitUsage/0", "ratingGroup"),
        ("/multipleUnitUsage/0/usedUnitContainer/0", "localSequenceNumber"),
        ("/pDUSessionChargingInformation", "pduSessionInformation"),
        ("/pDUSessionChargingInformation/pduSessionInformation", "pduSessionID"),
        ("/pDUSessionChargingInformation/pduSessionInformation", "dnnId"),
    ] {
        let text = with(|request| {
            request.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        });
        assert!(refused(&text).to_string().contains(&format!("lacks `{name}`")), "{name}");
    }
    // the subscriber of a PDU session may be named by number
    let text = with(|request| drop(request.as_object_mut().unwrap().remove("subscriberIdentifier")));
    assert_eq!(records(&text)[0].subscriber.kind, "msisdn");
    let text = with(|request| {
        request.as_object_mut().unwrap().remove("subscriberIdentifier");
        request["pDUSessionChargingInformation"].as_object_mut().unwrap().remove("userInformation");
    });
    assert!(refused(&text).to_string().contains("lacks `subscriberIdentifier`"));
}

#[test]
fn contradictions_fails() {
    let volume = |name: &str, value: u64| {
        let name = format!("/multipleUnitUsage/0/usedUnitContainer/0/{name}");
        refused(&with(|request| *request.pointer_mut(&name).unwrap() = json!(value)))
    };
    let says = "has a totalVolume of 1501 and parts that add up to 1500";
    assert!(volume("totalVolume", 1501).to_string().contains(says));
    assert!(volume("totalVolume", u64::MAX).to_string().contains("expected an integer from 0 to 9223372036854775807"));
    let text = with(|request| {
        let details = &mut request["multipleUnitUsage"][0]["usedUnitContainer"][0]["pDUContainerInformation"];
        details["timeofLastUsage"] = json!("2026-01-05T08:59:59Z");
    });
    assert!(refused(&text).to_string().contains("ends before it begins"));
    let text = with(|request| request["registrationChargingInformation"] = json!({}));
    let error = refused(&text);
    assert!(error.to_string().contains("not billed here: `registrationChargingInformation`"), "{error}");
    assert_eq!(error.hint, Some("PDU session, SMS and IMS charging are supported"));
    let text = with(|request| request["iMSChargingInformation"] = json!({ "roleOfNode": "ORIGINATING" }));
    assert!(refused(&text).to_string().contains("charges more than one service"));
    let text = with(|request| drop(request.as_object_mut().unwrap().remove("pDUSessionChargingInformation")));
    assert!(refused(&text).to_string().contains("says of no service what is charged"));
    let text = with(|request| {
        request["multipleUnitUsage"][0]["UsedUnitContainer"] = json!([]);
    });
    assert!(refused(&text).to_string().contains("is there twice"));
}

#[test]
fn syntax_fails() {
    let one = update(0).to_string();
    let two = update(1).to_string();
    for (text, at, says) in [
        (String::new(), 0, "the file is empty"),
        ("  \n".into(), 0, "the file is empty"),
        ("x".into(), 0, "one a line was expected here"),
        ("\u{feff}{}".into(), 0, "one a line was expected here"),
        (format!("{one}{two}"), one.len(), "does not begin on a new line"),
        (format!("{one},\n{two}"), one.len(), "one a line was expected here"),
        (format!("[{one} {two}]"), one.len() + 2, "one a line was expected here"),
        (format!("[{one},]"), one.len() + 2, "a request was expected behind the comma"),
        (format!("[{one}"), one.len() + 1, "the file ends inside the array"),
        (format!("[{one}]{two}"), one.len() + 2, "more follows behind the array"),
        ("[1]".into(), 1, "one a line was expected here"),
        ("{\"a\":".into(), 5, "the file ends inside a request"),
        ("{\"a\":1,\"a\":2}".into(), 7, "a member that is there twice"),
        ("{\"a\":01}".into(), 6, "a number begins with 0"),
        (format!("{one}\n{{'}}"), one.len() + 2, "the name of a member was expected here"),
    ] {
        let error = refused(&text);
        assert_eq!((error.offset, error.to_string().contains(says)), (at as u64, true), "{text}: {error}");
    }
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_REQUEST));
    assert!(refused(&long).to_string().contains("a request is larger than 1048576 octets"));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(60), "]".repeat(60));
    assert!(refused(&deep).to_string().contains("nested deeper"));
    let options = ReadOptions::default();
    assert!(NchfReader::open(one.as_bytes(), &options).unwrap_err().to_string().contains("the sender is not named"));
}

#[test]
fn every_truncation_fails() {
    let text = format!("[{},{}]", update(0), update(1));
    for length in 0..text.len() {
        let error = refused(&text[..length]);
        assert!(error.offset <= length as u64, "{length}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn splices_answer_ok(cut in 0usize..4000, paste in 0usize..4000, length in 0usize..300, junk: [u8; 3]) {
        let bytes = format!("[{},{}]", update(0), update(1)).into_bytes();
        let from = cut % bytes.len();
        let part = &bytes[from..(from + length).min(bytes.len())];
        let to = paste % bytes.len();
        for bent in [
            [&bytes[..to], part, &bytes[to..]].concat(),
            [&bytes[..to], &junk, &bytes[to..]].concat(),
            [&bytes[..from], &bytes[(from + length).min(bytes.len())..]].concat(),
        ] {
            if let Err(error) = inspect(&bent[..], &parties()) {
                prop_assert!(error.offset <= bent.len() as u64, "{}", error);
            }
        }
    }

    #[test]
    fn volumes_add_up_ok(volumes in proptest::collection::vec((0u64..1 << 40, 0u64..1 << 40), 1..40)) {
        let containers: Vec<_> = volumes.iter().enumerate().map(|(number, (up, down))| {
            json!({ "localSequenceNumber": number, "uplinkVolume": up, "downlinkVolume": down })
        }).collect();
        let text = with(|request| {
            request["multipleUnitUsage"] = json!([{ "ratingGroup": 1, "usedUnitContainer": containers }]);
        });
        let summary = inspect(text.as_bytes(), &parties()).unwrap();
        let expected: u64 = volumes.iter().map(|(up, down)| up + down).sum();
        prop_assert_eq!(summary.lanes[0].totals.units, expected);
        prop_assert_eq!(summary.records, volumes.len() as u64);
    }
}
