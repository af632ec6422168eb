//! The office program of the machine: where it is, and how it is started.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::workplace::Workplace;
use crate::{Limits, child, sandbox};

/// Where the program is called from; the folder behind it holds the rest of it.
const PLACES: [&str; 2] = ["/usr/bin/soffice", "/usr/local/bin/soffice"];
/// The program itself. What is called by its short name only looks around and starts this one.
const PROGRAM: &str = "soffice.bin";
/// How it names itself.
const NAME: &str = "LibreOffice";
/// For a question about the program itself.
const ASKING: Duration = Duration::from_secs(10);
/// Address space in bytes: most of what an ordinary document takes are libraries and fonts.
const MEMORY_BYTES: u64 = 2 << 30;
/// Time for one document.
const WALL: Duration = Duration::from_secs(60);
/// Processor time; an ordinary document takes less than a second.
const CPU: Duration = Duration::from_secs(40);

/// The office program that makes PDFs: LibreOffice, as installed on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Converter {
    /// The program.
    pub path: PathBuf,
    /// Its version, for example `7.4.7.2`.
    pub version: String,
    /// Time on the wall clock for one document, all starts of the program together.
    pub wall: Duration,
}

/// A part of the office program, which distributions install by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Writer,
    Calc,
    Impress,
}

impl Part {
    const fn library(self) -> &'static str {
        match self {
            Self::Writer => "libswlo.so",
            Self::Calc => "libsclo.so",
            Self::Impress => "libsdlo.so",
        }
    }

    /// The filter with which it writes PDFs.
    pub(super) const fn writes(self) -> &'static str {
        match self {
            Self::Writer => "pdf:writer_pdf_Export",
            Self::Calc => "pdf:calc_pdf_Export",
            Self::Impress => "pdf:impress_pdf_Export",
        }
    }

    /// Its name as a package, for whoever has to install it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Writer => "libreoffice-writer",
            Self::Calc => "libreoffice-calc",
            Self::Impress => "libreoffice-impress",
        }
    }
}

impl Converter {
    /// Looks for the program where it is installed; `None` if there is none that answers.
    pub fn find() -> Option<Self> {
        PLACES.iter().find_map(|place| {
            let real = Path::new(place).canonicalize().ok()?;
            Self::at(&real.parent()?.join(PROGRAM))
        })
    }

    /// The program at `path`, if it answers as one.
    pub fn at(path: &Path) -> Option<Self> {
        let answer = child::hear(path, &["--version"], None, 1 << 16, ASKING).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let version = answer.trim().strip_prefix(NAME)?.split_whitespace().next()?.to_owned();
        Some(Self { path: path.to_owned(), version, wall: WALL })
    }

    /// Whether the part of it is installed that reads this kind of document, by the library that this
    /// part is. Where none of the parts has a library of its own, all of them are there.
    pub(super) fn has(&self, part: Part) -> bool {
        let Some(folder) = self.path.parent() else { return false };
        let there = |part: Part| folder.join(part.library()).exists();
        there(part) || ![Part::Writer, Part::Calc, Part::Impress].into_iter().any(there)
    }

    /// The packages that hold parts of it and are not installed.
    pub fn lacks(&self) -> Vec<&'static str> {
        let parts = [Part::Writer, Part::Calc, Part::Impress].into_iter();
        parts.filter(|part| !self.has(*part)).map(Part::name).collect()
    }

    /// The program as people know it, for example `LibreOffice 7.4.7.2`.
    pub fn name(&self) -> String {
        format!("{NAME} {}", self.version)
    }

    /// What the starter is to be told for a workplace.
    pub(super) fn order(&self, workplace: &Workplace, reads: &str, writes: &str) -> Order {
        Order {
            converter: self.path.clone(),
            workplace: workplace.path().to_owned(),
            document: workplace.document().to_owned(),
            reads: reads.to_owned(),
            writes: writes.to_owned(),
            cpu_seconds: CPU.min(self.wall).as_secs().max(1),
        }
    }
}

/// What the starter is to do: become the office program, for one document.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    converter: PathBuf,
    workplace: PathBuf,
    document: PathBuf,
    reads: String,
    writes: String,
    cpu_seconds: u64,
}

impl Order {
    /// The order that these arguments are, if they are one.
    pub(crate) fn read(mut arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let order = arguments.next().filter(|_| arguments.next().is_none())?;
        serde_json::from_str(order.to_str()?).ok()
    }
}

/// Confines this process and becomes the office program. Returns only when that fails.
#[expect(clippy::disallowed_methods, reason = "it starts nothing: this process becomes another")]
pub(crate) fn become_converter(order: &Order) -> ExitCode {
    let limits = Limits {
        memory_bytes: MEMORY_BYTES,
        cpu: Duration::from_secs(order.cpu_seconds),
        ..Limits::default()
    };
    let folders: Vec<&Path> = order.converter.parent().into_iter().collect();
    if sandbox::confine_converter(&limits, &folders, &order.workplace).is_err() {
        return ExitCode::from(3);
    }
    let mut profile = OsString::from("-env:UserInstallation=file://");
    profile.push(order.workplace.join("profile"));
    // Returns only on failure.
    let _error = Command::new(&order.converter)
        .arg(profile)
        .args(["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"])
        .arg(format!("--infilter={}", order.reads))
        .args(["--convert-to", &order.writes, "--outdir"])
        .arg(&order.workplace)
        .arg(&order.document)
        .env_clear()
        .env("HOME", &order.workplace)
        .env("TMPDIR", &order.workplace)
        .env("LC_ALL", "C.UTF-8")
        .env("SAL_USE_VCLPLUGIN", "svp")
        .exec();
    ExitCode::from(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_office_program_is_not_found() {
        assert_eq!(Converter::at(Path::new("/bin/true")), None);
        assert_eq!(Converter::at(Path::new("/nowhere/soffice.bin")), None);
    }

    #[test]
    fn a_part_that_is_not_installed_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PROGRAM);
        let office = Converter { path, version: "7.4".to_owned(), wall: WALL };
        assert!(office.has(Part::Impress), "all in one");
        std::fs::write(folder.path().join("libswlo.so"), "").unwrap();
        assert_eq!([Part::Writer, Part::Impress].map(|part| office.has(part)), [true, false]);
        assert_eq!(office.lacks(), ["libreoffice-calc", "libreoffice-impress"]);
    }

    #[test]
    fn an_order_is_nothing_else() {
        let read = |text: &str| Order::read([OsString::from(text)].into_iter()).is_some();
        let order = r#"{"converter":"/a","workplace":"/b","document":"/b/c","reads":"d",
            "writes":"e","cpu_seconds":1}"#;
        assert!(read(order));
        for wrong in ["", "{}", &order.replace("reads", "mode"), &order.replace('1', "1,\"x\":2")] {
            assert!(!read(wrong), "{wrong}");
        }
    }
}
