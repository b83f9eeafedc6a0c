//! Writes small files as seeds: `cargo run --example seeds_charging -- corpus`, into `charging`, `nchf` and `csv`.

use std::{env, fs, path::PathBuf};

use gesim_cdr::charging::{generate, GenerateOptions};

const REQUEST: &str = r#"{"subscriberIdentifier":"imsi-234150000000001","nfConsumerIdentification":{"nFName":"smf","nFPLMNID":{"mcc":"262","mnc":"01"},"nodeFunctionality":"SMF"},"invocationTimeStamp":"2026-01-05T10:30:00.5+01:00","invocationSequenceNumber":3,"multipleUnitUsage":[{"ratingGroup":100,"usedUnitContainer":[{"localSequenceNumber":1,"totalVolume":1500,"uplinkVolume":500,"downlinkVolume":1000,"time":60,"pDUContainerInformation":{"timeofFirstUsage":"2026-01-05T10:00:00Z"}}]}],"#;
const SERVICES: [&str; 4] = [
    r#""pDUSessionChargingInformation":{"chargingId":77,"userInformation":{"servedGPSI":"msisdn-447700900123"},"pduSessionInformation":{"pduSessionID":5,"dnnId":"internet","startTime":"2026-01-05T09:00:00Z"}}}"#,
    r#""pDUSessionChargingInformation":{"pduSessionInformation":{"pduSessionID":5,"dnnId":"a"}},"roamingQBCInformation":{"multipleQFIcontainer":[{"localSequenceNumber":9,"uplinkVolume":1,"qFIContainerInformation":{"qFI":8}}]}}"#,
    r#""sMSChargingInformation":{"sMMessageType":"SUBMISSION","messageReference":"1","recipientInfo":[{"recipientGPSI":"msisdn-491511234567"}]}}"#,
    r#""iMSChargingInformation":{"roleOfNode":"TERMINATING","callingPartyAddresses":["tel:+491511234567"],"imsChargingIdentifier":"x"}}"#,
];
const HEADER: &str =
    "date;time;service;seconds;volume;imsi;msisdn;called;code;net;vat;currency;element;charging_id;call_reference\n";
const ROWS: &str = "05.01.2026;10:00:00;GPRS;900;1.5;234150000000001;;;;0.0125;;EUR;;77;\n\
                    05.01.2026;23:59:59;MOC;61;61;;447700900123;\"4915\";11;0.9;0.09;EUR;msc-1;;0a0b\n";
const MAPPING: &str = "csv = { header = false }\n[fields]\nlane = { value = \"data\" }\nunits = { column = 2, unit = \"KB\", rounding = \"up\" }\n\
                       start = { column = 1 }\nimsi = { value = \"234150000000001\" }\n\0";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "corpus".into()));
    let [charging, nchf, csv] = ["charging", "nchf", "csv"].map(|name| root.join(name));
    for folder in [&charging, &nchf, &csv] {
        fs::create_dir_all(folder)?;
    }
    for seed in 0..60 {
        let options = GenerateOptions::new(1 + seed % 3, u64::from(seed));
        generate(&options, fs::File::create(charging.join(format!("seed-{seed}")))?)?;
    }
    for (index, service) in SERVICES.iter().enumerate() {
        let request = format!("{REQUEST}{service}");
        fs::write(nchf.join(format!("single-{index}")), &request)?;
        fs::write(nchf.join(format!("array-{index}")), format!("[{request},{request}]"))?;
        fs::write(nchf.join(format!("lines-{index}")), format!("{request}\n{request}\n"))?;
    }
    fs::write(csv.join("rows"), [HEADER, ROWS].concat())?;
    fs::write(csv.join("mapping"), [MAPPING, "2026-01-05T10:00:00Z,5\n"].concat())?;
    Ok(())
}
