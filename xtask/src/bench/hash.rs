//! How fast a copy is hashed, beside openssl and sha256sum.

use std::fs;
use std::process::Command;

use super::process::{quantile, run};
use super::{Bench, Table};

const SIZE_BYTES: usize = 512 << 20;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let folder = bench.folder("hash")?;
    let file = folder.join("large.bin");
    let mut bytes = vec![0u8; SIZE_BYTES];
    for (place, chunk) in bytes.chunks_mut(8).enumerate() {
        chunk.copy_from_slice(&(place as u64).to_le_bytes());
    }
    fs::write(&file, &bytes)?;
    drop(bytes);
    let data = folder.join("data");
    let seed = folder.join("a.txt");
    fs::write(&seed, "a")?;
    // Verifying ends well only for a copy of what was registered.
    for path in [&seed, &file] {
        run(Command::new(&bench.program).arg("ingest").arg(path).arg("--data").arg(&data))?;
    }
    let (mut ours, mut openssl, mut coreutils) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        let mut command = Command::new(&bench.program);
        ours.push(run(command.arg("verify").arg(&file).arg("--data").arg(&data))?.seconds);
        openssl.push(run(Command::new("openssl").args(["dgst", "-sha256"]).arg(&file))?.seconds);
        coreutils.push(run(Command::new("sha256sum").arg(&file))?.seconds);
    }
    let speed = |times: &mut Vec<f64>| SIZE_BYTES as f64 / 1e6 / quantile(times, 0.5);
    let (ours, openssl, coreutils) = (speed(&mut ours), speed(&mut openssl), speed(&mut coreutils));
    table.row(
        "verify a file of 512 MiB (whole command)",
        format!("{ours:.0} MB/s"),
        format!("`openssl dgst -sha256` {openssl:.0} MB/s, `sha256sum` {coreutils:.0} MB/s"),
        format!("{:.2} of openssl", ours / openssl),
        "≥ 0.90",
    );
    Ok(())
}
