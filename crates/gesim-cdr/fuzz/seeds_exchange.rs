//! Writes small files as seeds of the RAP and NRTRDE targets: `cargo run --example seeds_exchange -- corpus`.

use std::{env, fs, io::Cursor, path::PathBuf};

use gesim_cdr::{
    generate::{generate, Options},
    nrtrde::{report, NrtrdeHeader, NrtrdeWriter},
    rap::{acknowledge, answer, Answer, AnswerOptions, RapFile},
    tap::{Policy, Stamp, TapReader},
    ReadOptions,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "corpus".into()));
    let (rap, nrtrde) = (folder.join("rap"), folder.join("nrtrde"));
    fs::create_dir_all(&rap)?;
    fs::create_dir_all(&nrtrde)?;
    let now = Stamp::from_unix(1_767_700_000, 0).ok_or("a time")?;
    let parties = ReadOptions {
        sender: Some("DEUD1".parse()?),
        recipient: Some("GBRCN".parse()?),
        sequence: Some(1),
        currency: None,
    };
    let options =
        AnswerOptions { sequence: 1, now, parties: parties.clone(), reference: None, policy: Policy::default() };
    for seed in 0..40u64 {
        let mut make = Options::new(1 + seed % 4, seed, "DEUD1".parse()?, "GBRCN".parse()?);
        make.indefinite = seed % 2 == 1;
        let mut tap = Vec::new();
        generate(&make, &mut tap)?;
        fs::write(rap.join(format!("tap-{seed}")), &tap)?;
        // one octet bent, at places all over the file
        let at = usize::try_from(seed)? * tap.len() / 40;
        let mut bent = tap.clone();
        bent[at] ^= 0x81;
        if let Answer::Return { file, .. } = answer(Cursor::new(&bent), &options)? {
            fs::write(rap.join(format!("ack-{seed}")), RapFile::Acknowledgement(acknowledge(&file, now)).encode())?;
            fs::write(rap.join(format!("rap-{seed}")), RapFile::ReturnBatch(file).encode())?;
        }
        let header =
            NrtrdeHeader { sender: "DEUD1".parse()?, recipient: "GBRCN".parse()?, sequence: 1, available: now };
        let mut file = Vec::new();
        let mut writer = NrtrdeWriter::new(&mut file, &header)?;
        for record in TapReader::open(&tap[..])? {
            drop(writer.write(&record?));
        }
        writer.finish()?;
        fs::write(nrtrde.join(format!("nrtrde-{seed}")), &file)?;
        file.truncate(at % file.len().max(1));
        if let Some(report) = report(&file[..], &parties, now)? {
            report.write(fs::File::create(nrtrde.join(format!("report-{seed}")))?)?;
        }
    }
    Ok(())
}
