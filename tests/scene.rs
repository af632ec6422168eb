//! What most whole-program tests begin with: the program and a folder of made files.

use std::fs;
use std::path::{Path, PathBuf};

use simars_record::Digest;
use simars_testkit::{Output, Server, run};

/// The program under test.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_simars"))
}

/// A temporary place with a folder for files and one for data.
pub(crate) struct Scene {
    root: tempfile::TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root.path().join("files").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs a command on the data folder.
    pub(crate) fn simars(&self, arguments: &[&str]) -> Output {
        let data = self.data();
        let mut all = arguments.to_vec();
        all.extend(["--data", data.to_str().unwrap()]);
        run(program(), &all)
    }

    /// Ingests paths with `--json` and gives the reports, without the totals.
    pub(crate) fn ingest(&self, paths: &[&Path], more: &[&str]) -> Vec<serde_json::Value> {
        let mut arguments = vec!["ingest", "--json"];
        arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
        arguments.extend(more);
        let output = self.simars(&arguments);
        let mut lines = output.json();
        let totals = lines.pop().unwrap_or_else(|| panic!("no totals: {}", output.stderr));
        assert_eq!(totals["totals"]["files"], lines.len(), "{}", output.stderr);
        lines
    }

    pub(crate) fn serve(&self, more: &[&str]) -> Server {
        Server::start(program(), &self.data(), more)
    }
}

/// The digest of a file's bytes as the API writes it.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Digest::of(bytes.as_ref()).to_string()
}

/// A made decision as plain text.
pub(crate) fn decision(number: u32, year: u16, words: &str) -> String {
    format!(
        "KEPUTUSAN KOMISI PEMILIHAN UMUM PROVINSI CONTOH\nNOMOR {number} TAHUN {year}\nTENTANG\n\
         {}\n\nKETUA KOMISI PEMILIHAN UMUM PROVINSI CONTOH,\n\nMenimbang : bahwa {words};\n\n\
         MEMUTUSKAN:\nMenetapkan : KEPUTUSAN CONTOH.\nKESATU : Menetapkan {words}.\n\n\
         Ditetapkan di Contohraja\npada tanggal 20 Mei {year}\n\nKETUA,\n\nttd\n\nNAMA CONTOH SATU\n",
        words.to_uppercase()
    )
}
