//! The recognition engine of the machine: where it is, and how it is started.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};
use serde::{Deserialize, Serialize};

use super::tsv::{self, Line};
use crate::gray::Gray;
use crate::{Limits, child, sandbox};

/// The engine's name, as a program.
const PROGRAM: &str = "tesseract";
/// The language that is read.
const LANGUAGE: &str = "ind";
/// Where to look when the search path is not set.
const USUAL_FOLDERS: &str = "/usr/local/bin:/usr/bin:/bin";
/// For a question about the engine itself.
const ASKING: Duration = Duration::from_secs(10);
/// Address space of the engine in bytes; it uses a tenth of it for an ordinary page.
const MEMORY_BYTES: u64 = 768 << 20;
/// More is no answer about one page.
const MOST_ANSWER_BYTES: usize = 32 << 20;

/// The engine that recognises text: tesseract, as installed on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// The program.
    pub path: PathBuf,
    /// Its version, for example `5.3.0`.
    pub version: String,
    /// The languages it can read, for example `ind`.
    pub languages: Vec<String>,
    /// Where its language data lie.
    pub data_folder: PathBuf,
}

impl Engine {
    /// Looks for the engine in the folders of the search path; `None` if there is none that
    /// answers.
    pub fn find() -> Option<Self> {
        let folders = std::env::var_os("PATH").unwrap_or_else(|| USUAL_FOLDERS.into());
        std::env::split_paths(&folders)
            .map(|folder| folder.join(PROGRAM))
            .filter(|path| path.is_absolute() && path.is_file())
            .find_map(|path| Self::at(&path))
    }

    /// The engine at `path`, if it answers as one.
    pub fn at(path: &Path) -> Option<Self> {
        let ask = |question: &str| {
            let answer = child::hear(path, &[question], None, 1 << 20, ASKING).ok()?;
            Some(String::from_utf8_lossy(&answer).into_owned())
        };
        let (version, languages) = (ask("--version")?, ask("--list-langs")?);
        let version = version.lines().next()?.strip_prefix(PROGRAM)?.trim().to_owned();
        // List of available languages in "/usr/share/…/tessdata/" (3):
        let (head, names) = languages.split_once('\n')?;
        let data_folder = PathBuf::from(head.split('"').nth(1)?);
        let languages = names.lines().map(|name| name.trim().to_owned());
        let languages = languages.filter(|name| !name.is_empty()).collect();
        Some(Self { path: path.to_owned(), version, languages, data_folder })
    }

    /// Whether it can read the language of the documents.
    pub fn reads_indonesian(&self) -> bool {
        self.languages.iter().any(|language| language == LANGUAGE)
    }

    /// The engine as it stands in a layout, for example `tesseract 5.3.0 ind`.
    pub fn name(&self) -> String {
        format!("{PROGRAM} {} {LANGUAGE}", self.version)
    }

    /// Has the engine read pictures, through `program` as its confined starter.
    pub(super) fn read(
        &self,
        program: &Path,
        pictures: &[Gray],
        mode: Mode,
        wall: Duration,
    ) -> Result<Vec<Line>, String> {
        let mut file = memfd_create("pictures", MemfdFlags::CLOEXEC)
            .map(File::from)
            .map_err(|error| error.to_string())?;
        file.write_all(&tiff(pictures)).map_err(|error| error.to_string())?;
        let order = Order {
            engine: self.path.clone(),
            data_folder: self.data_folder.clone(),
            mode,
            cpu_seconds: wall.as_secs().max(1),
        };
        let order = serde_json::to_string(&order).map_err(|error| error.to_string())?;
        let arguments = [child::CHILD_COMMAND, &order];
        let answer = child::hear(program, &arguments, Some(&file), MOST_ANSWER_BYTES, wall)?;
        Ok(tsv::lines(&answer))
    }
}

/// How the engine is to look at a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Mode {
    /// A page whose parts it finds itself.
    Page,
    /// A column of text in different sizes.
    Column,
    /// One block of text.
    Block,
    /// One block of numbers.
    Numbers,
}

impl Mode {
    /// The arguments that say so (`tesseract(1)`, page segmentation modes).
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Page => &["--psm", "3"],
            Self::Column => &["--psm", "4"],
            Self::Block => &["--psm", "6"],
            Self::Numbers => &["--psm", "6", "-c", "tessedit_char_whitelist=0123456789.,-"],
        }
    }
}

/// What the starter is to do: become the engine.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    engine: PathBuf,
    data_folder: PathBuf,
    mode: Mode,
    cpu_seconds: u64,
}

/// Confines this process and becomes the engine. Returns only when that fails.
#[expect(clippy::disallowed_methods, reason = "it starts nothing: this process becomes the engine")]
pub(crate) fn become_engine(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let order = arguments.next().filter(|_| arguments.next().is_none());
    let order = order.as_ref().and_then(|order| order.to_str());
    let Some(order) = order.and_then(|order| serde_json::from_str::<Order>(order).ok()) else {
        return ExitCode::from(2);
    };
    if confine(&order).is_err() {
        return ExitCode::from(3);
    }
    // Returns only on failure.
    let _error = Command::new(&order.engine)
        .args(["stdin", "stdout", "-l", LANGUAGE])
        .args(order.mode.arguments())
        .arg("tsv")
        .env_clear()
        .env("OMP_THREAD_LIMIT", "1")
        .exec();
    ExitCode::from(4)
}

/// Confines this process to what the engine needs: its own files and nothing else.
fn confine(order: &Order) -> std::io::Result<()> {
    let limits = Limits {
        memory_bytes: MEMORY_BYTES,
        cpu: Duration::from_secs(order.cpu_seconds),
        ..Limits::default()
    };
    let mut folders = vec![order.data_folder.as_path()];
    folders.extend(order.engine.parent());
    sandbox::confine_recogniser(&limits, &folders)
}

/// The resolution that the engine is told, in dots per inch.
pub(super) const DPI: u32 = 200;

/// Pictures as one uncompressed file of several pages (TIFF 6.0, baseline gray).
fn tiff(pictures: &[Gray]) -> Vec<u8> {
    const ENTRIES: u16 = 12;
    /// The count, the entries, the place of the next directory, one fraction.
    const DIRECTORY_BYTES: usize = 2 + ENTRIES as usize * 12 + 4 + 8;
    let total: usize = pictures.iter().map(|one| one.points.len() + 1 + DIRECTORY_BYTES).sum();
    let mut file = Vec::with_capacity(8 + total);
    file.extend_from_slice(b"II*\0\x08\0\0\0");
    for (index, picture) in pictures.iter().enumerate() {
        let start = file.len();
        let (fraction, strip) = (start + DIRECTORY_BYTES - 8, start + DIRECTORY_BYTES);
        // Directories begin at even places.
        let end = (strip + picture.points.len()).next_multiple_of(2);
        let next = if index + 1 < pictures.len() { end } else { 0 };
        file.extend_from_slice(&ENTRIES.to_le_bytes());
        let (short, long, ratio) = (3_u16, 4_u16, 5_u16);
        let fields = [
            (256_u16, long, picture.width),
            (257, long, picture.height),
            (258, short, 8),
            (259, short, 1),
            (262, short, 1),
            (273, long, strip),
            (277, short, 1),
            (278, long, picture.height),
            (279, long, picture.points.len()),
            (282, ratio, fraction),
            (283, ratio, fraction),
            (296, short, 2),
        ];
        for (tag, kind, value) in fields {
            file.extend_from_slice(&tag.to_le_bytes());
            file.extend_from_slice(&kind.to_le_bytes());
            file.extend_from_slice(&1_u32.to_le_bytes());
            file.extend_from_slice(&(value as u32).to_le_bytes());
        }
        file.extend_from_slice(&(next as u32).to_le_bytes());
        file.extend_from_slice(&DPI.to_le_bytes());
        file.extend_from_slice(&1_u32.to_le_bytes());
        file.extend_from_slice(&picture.points);
        file.resize(end, 0);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_written_as_a_decoder_reads_them() {
        let picture = |width: usize, height: usize, shade: u8| Gray {
            width,
            height,
            points: (0..width * height).map(|at| shade.wrapping_add(at as u8)).collect(),
        };
        let pictures = [picture(5, 3, 10), picture(4, 4, 90)];
        let file = tiff(&pictures);
        let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(file)).unwrap();
        for (index, picture) in pictures.iter().enumerate() {
            assert_eq!(
                decoder.dimensions().unwrap(),
                (picture.width as u32, picture.height as u32)
            );
            let tiff::decoder::DecodingResult::U8(points) = decoder.read_image().unwrap() else {
                panic!("not gray");
            };
            assert_eq!(points, picture.points);
            assert_eq!(decoder.more_images(), index == 0);
            if index == 0 {
                decoder.next_image().unwrap();
            }
        }
    }

    #[test]
    fn what_is_no_engine_is_not_found() {
        assert_eq!(Engine::at(Path::new("/bin/true")), None);
        assert_eq!(Engine::at(Path::new("/nowhere/tesseract")), None);
    }
}
