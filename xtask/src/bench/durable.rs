//! How long a single upload waits for its acknowledgement, beside the disk's own sync.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use anyhow::bail;

use super::process::{Server, quantile};
use super::{Bench, Table};

const UPLOADS: usize = 200;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> anyhow::Result<()> {
    let folder = bench.folder("upload")?;
    let server = Server::start(&bench.program, &folder.join("data"))?;
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let (mut acknowledged, mut synced) = (Vec::new(), Vec::new());
    for number in 0..UPLOADS {
        // In turn, so that both see the same moods of the disk.
        let begun = Instant::now();
        let mut file = File::create(folder.join(format!("{number}.probe")))?;
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        File::open(&folder)?.sync_all()?;
        synced.push(begun.elapsed().as_secs_f64() * 1e3);

        let text = format!("Dokumen contoh nomor {number} untuk pengukuran.\n").repeat(80);
        let url = format!("{}/api/v1/documents?name={number}.txt", server.base);
        let begun = Instant::now();
        let answer = agent
            .post(&url)
            .header("authorization", format!("Bearer {}", server.token))
            .send(text.as_bytes())?;
        acknowledged.push(begun.elapsed().as_secs_f64() * 1e3);
        if answer.status() != 201 {
            bail!("an upload was answered with {}", answer.status());
        }
    }
    let (ours, theirs) = (quantile(&mut acknowledged, 0.5), quantile(&mut synced, 0.5));
    table.row(
        "one upload of 4 KB until acknowledged, p50 (p99)",
        format!("{ours:.1} ms ({:.1})", quantile(&mut acknowledged, 0.99)),
        format!(
            "write 4 KiB, sync file and folder: {theirs:.1} ms ({:.1})",
            quantile(&mut synced, 0.99)
        ),
        format!("{:.2} ×", ours / theirs),
        "≤ 3 ×",
    );
    Ok(())
}
