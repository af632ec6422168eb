//! The desk of an archive with a million records, whoever looks.
//!
//! Small documents with kinds, units, access classes, days and classification codes are filed by the
//! program; an administrator, an archivist and an officer of one unit then open the pages of the desk,
//! one after the other, and the public its lists. Times are those over HTTP on the loopback.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};

use super::million::Size;
use super::process::{Server, quantile, run};
use super::{Bench, Table};

const UNITS: [&str; 5] = ["TEKNIS", "HUKUM", "KEUANGAN", "SDM", "UMUM"];
const CLASSES: [&str; 10] =
    ["biasa", "biasa", "terbatas", "biasa", "biasa", "rahasia", "biasa", "biasa", "biasa", "biasa"];
const KINDS: [&str; 5] = ["keputusan", "berita-acara", "surat", "nota-dinas", "pengumuman"];
/// Documents that nobody has reviewed yet.
const DRAFTS: usize = 2_000;
/// Each page is opened so often.
const TIMES: usize = 50;
const PASSWORD: &str = "empat+kuda+lari+sore";
const SCHEDULE: &str = "\
kode,uraian,aktif,inaktif,nasib akhir,contoh
XX,Contoh,,,,ya
XX.01,Peminjaman buku,1 Tahun,1 Tahun,Musnah,ya
XX.02,Pemusnahan naskah,1 Tahun setelah acara,-,Permanen,ya
";
/// Who looks: login, roles, clearance, unit.
const PEOPLE: [(&str, &str, &str, &str); 3] = [
    ("ani", "administrator,archivist,approver", "sangat-rahasia", "-"),
    ("budi", "archivist", "biasa", "-"),
    ("citra", "officer", "terbatas", "TEKNIS"),
];
const DESK: [&str; 10] = [
    "/petugas",
    "/petugas/tinjau",
    "/petugas/tinjau?apa=konsep",
    "/petugas/jatuh-tempo?bulan=2026-12",
    "/petugas/jatuh-tempo?daftar=lewat",
    "/petugas/jatuh-tempo?daftar=tanpa-kode",
    "/petugas/klasifikasi",
    "/petugas/riwayat",
    "/petugas/laporan",
    "/petugas/orang",
];
const PUBLIC: [&str; 4] = ["/", "/koleksi", "/cari?q=", "/statistik"];

pub(super) fn measure(bench: &Bench, size: Size, table: &mut Table) -> anyhow::Result<()> {
    let beside = bench.work.parent().context("a folder for what is kept")?;
    let folder = beside.join(format!("desk-{}", size.pages));
    if !size.keep || !folder.join("filed").exists() {
        drop(fs::remove_dir_all(&folder));
        file(bench, &folder, size.pages)?;
        fs::write(folder.join("filed"), "")?;
    }
    let data = folder.join("data");
    fs::remove_file(data.join("people.json")).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let links: Vec<String> =
        PEOPLE.iter().map(|person| invite(bench, &data, person)).collect::<Result<_, _>>()?;
    let server = Server::start_with(&bench.program, &data, &["--recognition", "0"])?;
    let browsers = PEOPLE.iter().zip(&links).map(|((login, ..), link)| {
        let mut browser = Browser::new(&server.base);
        browser.send(link, &format!("sandi={PASSWORD}&lagi={PASSWORD}"))?;
        browser.send("/petugas/masuk", &format!("nama={login}&sandi={PASSWORD}"))?;
        Ok(browser)
    });
    let browsers: Vec<Browser<'_>> = browsers.collect::<anyhow::Result<_>>()?;
    for page in DESK {
        let mut told = Vec::new();
        for (browser, (login, ..)) in browsers.iter().zip(PEOPLE) {
            match browser.times(page)? {
                Some(mut times) => told.push(written(&mut times)),
                None => told.push(format!("{login} may not")),
            }
        }
        table.row(format!("`{page}`"), told[0].clone(), told[1..].join("; "), "", "≤ 150 ms");
    }
    let reader = Browser::new(&server.base);
    for page in PUBLIC {
        let mut times = reader.times(page)?.with_context(|| format!("{page} is open to all"))?;
        table.row(format!("`{page}`, anybody"), written(&mut times), "", "", "≤ 150 ms");
    }
    drop(server);
    if !size.keep {
        drop(fs::remove_dir_all(&folder));
    }
    Ok(())
}

fn written(times: &mut [f64]) -> String {
    let mut of = |share| quantile(times, share);
    format!("p50 {:.1} ms, slowest {:.1}", of(0.5), of(1.0))
}

/// Files so many documents through the program, the schedule first.
fn file(bench: &Bench, folder: &Path, many: usize) -> anyhow::Result<()> {
    let data = folder.join("data");
    fs::create_dir_all(folder)?;
    let schedule = folder.join("jadwal.csv");
    fs::write(&schedule, SCHEDULE)?;
    let mut import = Command::new(&bench.program);
    import.args(["schedule", "import", "--valid-from", "2010-01-01", "--json"]).arg(&schedule);
    run(import.arg("--data").arg(&data))?;
    for (first, many, draft) in [(0, many, false), (many, DRAFTS, true)] {
        let files = folder.join("files");
        write_files(&files, first, many)?;
        let mut command = Command::new(&bench.program);
        command.args(["ingest", "--json", "--later", "--data"]).arg(&data);
        command.args(draft.then_some("--draft"));
        command.arg("--metadata").arg(files.join("list.csv"));
        let ran = run(&mut command)?;
        let registered = |line: &String| line.contains("\"status\":\"registered\"");
        let filed = ran.lines.iter().filter(|(_, line)| registered(line)).count();
        if filed < many {
            bail!("{filed} of {many} documents were filed");
        }
        fs::remove_dir_all(&files)?;
    }
    Ok(())
}

/// Documents of a line each, from all days of ten years; one in ten has no code.
fn write_files(folder: &Path, first: usize, many: usize) -> anyhow::Result<()> {
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder)?;
    let mut list = BufWriter::new(File::create(folder.join("list.csv"))?);
    writeln!(list, "path,kind,number,year,date,title,issuer,classification,access,unit")?;
    for n in first..first + many {
        let below = format!("{:04}", n / 1_000);
        fs::create_dir_all(folder.join(&below))?;
        let path = format!("{below}/{n}.txt");
        fs::write(folder.join(&path), format!("Peminjaman buku contoh {n}\n"))?;
        let (year, month, day) = (2016 + n % 11, n / 11 % 12 + 1, n % 28 + 1);
        let code = match n {
            _ if n.is_multiple_of(10) => "",
            _ if n.is_multiple_of(7) => "XX.02",
            _ => "XX.01",
        };
        let (kind, class, unit) =
            (KINDS[n / 3 % KINDS.len()], CLASSES[n % CLASSES.len()], UNITS[n / 7 % UNITS.len()]);
        writeln!(
            list,
            "{path},{kind},{n},{year},{year}-{month:02}-{day:02},Peminjaman buku {n},\
             Kantor Contoh {},{code},{class},{unit}",
            n % 40
        )?;
    }
    list.flush()?;
    Ok(())
}

/// Adds somebody; gives the address of the page where they choose a password.
fn invite(bench: &Bench, data: &Path, person: &(&str, &str, &str, &str)) -> anyhow::Result<String> {
    let (login, roles, clearance, unit) = person;
    let mut command = Command::new(&bench.program);
    command.args(["user", "add", login, "--roles", roles, "--clearance", clearance]);
    command.args(["--unit", unit, "--json", "--data"]).arg(data);
    let ran = run(&mut command)?;
    let link = ran.lines.iter().find_map(|(_, line)| {
        let secret = line.split_once("/petugas/undangan/")?.1;
        Some(format!("/petugas/undangan/{}", secret.split('"').next()?))
    });
    link.with_context(|| format!("there is no link for {login}"))
}

/// Somebody with a browser.
struct Browser<'a> {
    base: &'a str,
    agent: ureq::Agent,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn new(base: &'a str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { base, agent: config.build().new_agent(), cookie: String::new() }
    }

    /// The page, if it may be opened.
    fn get(&self, path: &str) -> anyhow::Result<Option<String>> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let answer = request.header("cookie", &self.cookie).call()?;
        let status = answer.status().as_u16();
        let page = answer.into_body().into_with_config().limit(64 << 20).read_to_string()?;
        match status {
            200 => Ok(Some(page)),
            403 | 404 => Ok(None),
            other => bail!("{path} was answered with {other}"),
        }
    }

    /// Sends the form of a page.
    fn send(&mut self, path: &str, fields: &str) -> anyhow::Result<()> {
        let page = self.get(path)?.with_context(|| format!("{path} is there"))?;
        let mark = page.split(&format!("{path}?tanda=")).nth(1);
        let action = match mark.and_then(|rest| rest.split('"').next()) {
            Some(mark) => format!("{path}?tanda={mark}"),
            None => path.to_owned(),
        };
        let request = self.agent.post(format!("{}{action}", self.base));
        let request =
            request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        let answer =
            request.content_type("application/x-www-form-urlencoded").send(fields.as_bytes())?;
        if answer.status() != 303 {
            bail!("{path} was answered with {}", answer.status());
        }
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        if let Some(cookie) = cookie.and_then(|cookie| cookie.split(';').next()) {
            cookie.clone_into(&mut self.cookie);
        }
        Ok(())
    }

    /// How long a page takes, in milliseconds; none for a page that this person may not open.
    fn times(&self, page: &str) -> anyhow::Result<Option<Vec<f64>>> {
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let asked = Instant::now();
            if self.get(page)?.is_none() {
                return Ok(None);
            }
            times.push(asked.elapsed().as_secs_f64() * 1e3);
        }
        Ok(Some(times))
    }
}
