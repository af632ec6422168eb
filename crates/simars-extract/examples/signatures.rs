//! Shows the signatures in a PDF: `signatures [--json] FILE [ANCHOR…]`, anchors being trusted
//! certificates in DER or PEM. Started as `signatures extract-child` it is the reading process
//! itself, as the real program is.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::process::ExitCode;

use simars_extract::{Anchors, CHILD_COMMAND, Extractor, Limits, child_main};
use simars_record::signature::Chain;
use simars_record::{Finding, Signature};

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == CHILD_COMMAND) {
        return child_main();
    }
    match show(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "signatures: {error}");
            ExitCode::FAILURE
        }
    }
}

fn show(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let all = arguments.len();
    arguments.retain(|argument| argument != "--json");
    let json = arguments.len() < all;
    let (file, anchors) = arguments.split_first().ok_or("give a file")?;
    let anchors = anchors.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let told = |finding: Finding| format!("{}: {}", finding.code.as_str(), finding.detail);
    let extractor = Extractor::new(std::env::current_exe()?, Limits::default())
        .with_anchors(Anchors::new(&anchors).map_err(told)?);
    let signatures = extractor.signatures(&File::open(file)?).map_err(told)?;
    if json {
        return Ok(writeln!(out, "{}", serde_json::to_string(&signatures)?)?);
    }
    for (number, signature) in (1..).zip(&signatures) {
        print(out, number, signature)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, number: u32, signature: &Signature) -> io::Result<()> {
    let name = signature.signer.as_ref().map_or("unknown", |signer| &signer.name);
    let field = signature.field.as_deref().unwrap_or("no field");
    writeln!(out, "#{number} {:?} by {name} ({field}, {})", signature.kind, signature.encoding)?;
    let (coverage, integrity) = (&signature.coverage, &signature.integrity);
    writeln!(out, "  bytes      {:?}, whole file: {}", coverage.byte_range, coverage.whole_file)?;
    writeln!(
        out,
        "  integrity  {:?}: range {:?}, digest {:?}, signature {:?}, binding {:?} ({})",
        integrity.verdict,
        integrity.byte_range,
        integrity.digest,
        integrity.signature,
        integrity.binding,
        integrity.algorithms
    )?;
    for problem in &integrity.problems {
        writeln!(out, "             {problem}")?;
    }
    print_chain(out, "chain", &signature.chain)?;
    writeln!(out, "  revocation {:?}", signature.revocation)?;
    let time = &signature.time;
    writeln!(out, "  time       claimed {}", shown(time.claimed))?;
    if let Some(stamp) = &time.stamped {
        let name = stamp.authority.as_ref().map_or("unknown", |authority| &authority.name);
        writeln!(out, "             {} by {name}, {:?}", shown(stamp.time), stamp.verdict)?;
        for problem in &stamp.problems {
            writeln!(out, "             {problem}")?;
        }
        print_chain(out, "stamp's", &stamp.chain)?;
    }
    for later in &signature.later {
        let forbidden = if later.forbidden { ", forbidden" } else { "" };
        let (class, from, to) = (later.class.as_str(), later.from, later.to);
        writeln!(out, "  later      {class}{forbidden}, bytes {from} to {to}")?;
        for detail in later.details.iter().take(8) {
            writeln!(out, "             {detail}")?;
        }
    }
    Ok(())
}

fn print_chain(out: &mut impl Write, label: &str, chain: &Chain) -> io::Result<()> {
    let names: Vec<_> = chain.issuers.iter().map(|issuer| issuer.name.as_str()).collect();
    let (verdict, names) = (chain.verdict, names.join(" < "));
    writeln!(out, "  {label:<10} {verdict:?}: {names}, valid then: {:?}", chain.valid_then)?;
    chain.problems.iter().try_for_each(|problem| writeln!(out, "             {problem}"))
}

fn shown(time: Option<simars_record::Timestamp>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| time.to_string())
}
