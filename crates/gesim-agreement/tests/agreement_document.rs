//! Documents: what is read, what is refused and where, and what a hash stands for.

use gesim_agreement::{compare, render, terms_table, Document, Reason};
use gesim_core::digest::sha256;
use settlement::state::{agreement::Side, LaneTerms, Terms, TermsState, Tier};

const EXAMPLE: &str = include_str!("../../../docs/examples/agreement.md");

fn example() -> Document {
    Document::parse(EXAMPLE.as_bytes()).expect("the example is in order")
}

/// The example with one place written otherwise.
fn with(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(EXAMPLE.matches(from).count(), 1, "{from} stands once");
    EXAMPLE.replace(from, to).into_bytes()
}

#[test]
fn the_example_says_what_it_means_ok() {
    let document = example();
    let contract = &document.contract;
    let voice = LaneTerms {
        lane: 1,
        first: 60,
        next: 30,
        increment_rounding: 2,
        per: 60,
        tiers: vec![Tier { start: 0, rate: 900, fixed: 0 }],
        unbalanced: vec![Tier { start: 0, rate: 1_200, fixed: 0 }],
    };
    assert_eq!(contract.lanes.len(), 4);
    assert_eq!(contract.lanes[1], voice);
    let data = &contract.lanes[0];
    assert_eq!((data.first, data.next, data.per), (1_000, 1_000, 1_000_000));
    assert_eq!(data.tiers[1], Tier { start: 10_000_000_000_000, rate: 18, fixed: 2_500_000 });
    let (frame, head) = (&contract.frame, &contract.head);
    assert_eq!((frame.prove_window, frame.dispute_window, frame.prover_reward), (2_592_000, 604_800, 10_000));
    assert_eq!((head.tax_bps, head.penalty_bps, head.effective_from), (1_900, 1_000, 202_601));
    assert_eq!((head.commitment.amount, head.commitment.lanes), (1_000_000_000, 0b11));
    assert_eq!(&head.rate_source[..20], b"ECB reference rate\0\0");
    assert_eq!(head.sla[0].below_bps, 9_900);
    assert_eq!(document.prose_hash(), sha256(&[EXAMPLE.as_bytes()]), "sha256sum gives it too");

    let told = terms_table(contract).to_string();
    for words in [
        "0.0025 EUR for 1 MB, beyond 10 TB 0.0018 EUR for 1 MB and 250 EUR once",
        "0.09 EUR for 1 minute; what the other direction does not match: 0.12 EUR for 1 minute",
        "a record counts 1 minute at least and steps of 30 seconds from there, rounded up",
        "19 % on the sum of the lanes",
        "half of the disputed part is paid",
    ] {
        assert!(told.contains(words), "{words} in\n{told}");
    }
}

#[test]
fn line_ends_do_not_count_ok() {
    let windows = EXAMPLE.replace('\n', "\r\n");
    assert_eq!(Document::parse(windows.as_bytes()).expect("reads"), example());
}

/// Whatever is changed in the example, its hash changes, or it is refused.
#[test]
fn every_character_counts_ok() {
    let hash = example().contract_hash();
    let mut read = 0;
    for (at, character) in EXAMPLE.char_indices() {
        let other = if character == '7' { "8" } else { "7" };
        let changed = [&EXAMPLE[..at], other, &EXAMPLE[at + character.len_utf8()..]].concat();
        if let Ok(document) = Document::parse(changed.as_bytes()) {
            assert_ne!(document.contract_hash(), hash, "at byte {at}");
            read += 1;
        }
    }
    assert!(read > 1_000, "only {read} of them were read");
}

/// The terms count by themselves, not only as a part of the text.
#[test]
fn every_term_counts_ok() {
    let document = example();
    for (from, to) in [
        ("price = \"0.09\"", "price = \"0.08\""),
        ("\"60/30\"", "\"60/60\""),
        ("from = \"10 TB\"", "from = \"11 TB\""),
        ("tax-percent = \"19\"", "tax-percent = \"20\""),
        ("prove = \"30d\"", "prove = \"31d\""),
        ("timeout = \"split\"", "timeout = \"drop\""),
        ("rounding = \"half-even\"", "rounding = \"ceil\""),
        ("with-tax = false", "with-tax = true"),
    ] {
        let mut changed = Document::parse(&with(from, to)).expect("reads");
        changed.contract.head.prose_hash = document.prose_hash();
        assert_ne!(changed.contract_hash(), document.contract_hash(), "{to}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place_fails() {
    // from, to, the words that the place must begin with, the reason
    let cases = [
        ("price = \"0.0018\"", "price = \"0.0000001\"", "\"0.0000001", "`0.0000001` does not fit 4 decimals"),
        ("per = \"MB\"", "per = \"minute\"", "\"minute\"   ", "`minute` is no unit of data"),
        ("decimals = 4 ", "decimals = 19 ", "19 ", "the number of decimals is more"),
        ("tax-percent = \"19\"", "tax-percent = \"190\"", "\"190\"", "the percentage is more"),
        ("from = \"10 TB\"", "from = \"0 TB\"", "{ from = \"0 TB", "tiers begin at 0, ascend"),
        ("with-tax = false", "with-taxes = false", "with-taxes", "unknown field `with-taxes`"),
        ("[lanes.sms-mo]", "[lanes.sms]", "sms]", "there is no lane `sms`"),
        ("timeout = \"split\"", "timeout = \"wait\"", "\"wait\"", "`wait` is none of pay, drop, split"),
        ("late-days = 30", "late-days = 401", "401", "`late-days` is more"),
        ("to = \"2026-12\"", "to = \"2025-12\"", "\"2025-12\"", "is not a month behind `from`"),
        ("\"99.5\"", "\"98.5\"", "[[sla]]\nbelow-percent = \"98.5", "is not above the availability"),
        ("[lanes.voice-mt]", "[lanes.voice-mo]\n# again", "voice-mo]\n# again", "duplicate key"),
    ];
    for (from, to, place, words) in cases {
        let changed = with(from, to);
        let error = Document::parse(&changed).expect_err(to);
        assert!(error.to_string().contains(words), "{to}: {error}");
        let text = String::from_utf8(changed).expect("UTF-8");
        let lines: Vec<_> = text[..text.find(place).expect(place)].split('\n').collect();
        let expected = (lines.len(), lines.last().map_or(0, |line| line.chars().count()) + 1);
        assert_eq!((error.line, error.column), expected, "{to}: {error}");
        assert!(!error.hint().is_empty());
    }
}

#[test]
fn a_document_has_one_visible_block_fails() {
    let reason = |text: &[u8]| Document::parse(text).expect_err("refused").reason;
    assert_eq!(reason(b"# Nothing"), Reason::NoBlock);
    assert_eq!(reason(b""), Reason::NoBlock);
    assert_eq!(reason(&[EXAMPLE, EXAMPLE].concat().into_bytes()), Reason::SecondBlock);
    assert!(matches!(
        reason(&with("```toml gesim-terms", "``` toml  gesim-terms")),
        Reason::Marked(_) | Reason::Nested
    ));
    assert!(matches!(reason(&with("```toml gesim-terms", "```gesim-terms")), Reason::Marked(_)));
    // what readers do not see is no block
    let block = "```toml gesim-terms\nnumber = 1\n```\n";
    assert_eq!(reason(format!("<!--\n{block}-->\n").as_bytes()), Reason::NoBlock);
    assert_eq!(reason(format!("    {}", block.replace('\n', "\n    ")).as_bytes()), Reason::NoBlock);
    for nested in [format!("> {}", block.replace('\n', "\n> ")), format!("- {}", block.replace('\n', "\n  "))] {
        assert_eq!(reason(nested.as_bytes()), Reason::Nested, "{nested}");
    }
    assert_eq!(reason(b"  ```toml gesim-terms\n  number = 1\n  ```\n"), Reason::Nested);
    assert_eq!(reason(b"```toml gesim-terms\nnumber = 1\n"), Reason::Nested, "never closed");
    assert_eq!(reason(&with("is billed; TADIG", "is \u{202E}billed; TADIG")), Reason::Invisible(0x202E));
    assert_eq!(reason(&with("# 1. Services", "# 1.\0Services")), Reason::Invisible(0));
    assert_eq!(reason(b"caf\xe9"), Reason::Utf8);
    assert_eq!(reason(&vec![b'a'; gesim_agreement::MAX_DOCUMENT + 1]), Reason::TooLarge(gesim_agreement::MAX_DOCUMENT));
}

#[test]
fn unbalanced_prices_need_the_other_direction_fails() {
    let text = String::from_utf8(with("reverse = \"", "# reverse = \"")).expect("UTF-8");
    let error = Document::parse(text.as_bytes()).expect_err("refused");
    assert_eq!(error.reason, Reason::NoReverse);
    let line = text.split('\n').nth(error.line - 1).expect("a line");
    assert!(line.starts_with("unbalanced-price"), "{error}: {line}");
}

#[test]
fn a_page_runs_nothing_ok() {
    let evil = "## 1. Services\n\n<script>alert(1)</script>\n\n[x](javascript:alert(2)) ![y](https://spy.example/z)\n";
    let page = render(&Document::parse(&with("## 1. Services", evil)).expect("reads"));
    for bad in ["<script", "javascript:", "spy.example"] {
        assert!(!page.contains(bad), "{bad}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("0.0025 EUR for 1 MB") && page.contains("<h1>Roaming agreement"), "{page}");
    assert!(
        page.find("price = &quot;0.09&quot;") < page.find("What these terms mean"),
        "the table stands below the block"
    );
}

fn on_chain(document: &Document) -> Terms {
    Terms {
        version: settlement::state::BOOKS_VERSION,
        bump: 0,
        state: TermsState::Signed,
        drafted_by: Side::Mvno,
        agreement: document.contract.agreement(),
        number: 1,
        contract_hash: document.contract_hash(),
        toward: 0,
        head: document.contract.head.clone(),
        lanes: document.contract.lanes.clone(),
        reserved: [0; 64],
    }
}

#[test]
fn differences_are_named_ok() {
    let document = example();
    assert_eq!(compare::with_terms(&document.contract, &on_chain(&document)), Vec::new());
    let mut chain = on_chain(&document);
    chain.head.tax_bps = 1_600;
    chain.lanes[1].tiers[0].rate = 901;
    chain.lanes.pop();
    let found = compare::with_terms(&document.contract, &chain);
    let fields: Vec<_> = found.iter().map(|difference| difference.field.as_str()).collect();
    assert_eq!(fields, ["tax (basis points)", "lane voice-mo", "lane sms-mo"]);
    assert_eq!((found[0].document.as_str(), found[0].chain.as_str()), ("1900", "1600"));
    assert_eq!(found[2].chain, "not named");
}
