//! `samples/README.md`: what lies there, where it comes from, what may be done with it.

use super::definition::Definition;
use super::forms::MARK;
use super::pdf::PASSWORD;

/// The text of the README.
pub(crate) fn text(definitions: &[Definition]) -> String {
    let rows: String = definitions
        .iter()
        .map(|definition| format!("| `{}` | {} |\n", definition.facts.file, definition.facts.shows))
        .collect();
    format!(
        "# Samples\n\n\
         Documents for tests, benchmarks, the demo and the manual. **Made by the project; every \
         office, person and number is invented.** Laws are cited by their real numbers, and what \
         the texts say about procedure is for show: nothing here is legal advice or an official \
         document. Each page says so (`{MARK}`).\n\n\
         Licence: MIT OR Apache-2.0, like the rest of the project.\n\n\
         Do not edit these files. They are written by `cargo xtask samples` from \
         `xtask/content/`, the same bytes on every run; `cargo xtask samples --check` fails and \
         names each file that differs.\n\n\
         ## What is expected of each\n\n\
         `<file>.expected.toml` stands beside every document:\n\n\
         * `kind`, `number`, `year`, `title`, `date`, `place`, `signatory`, `issuer`: what \
         describing it should find. Documents print titles, issuers and names in capitals; \
         compare them without regard to case. For a document that cannot be read, these say what \
         stands on the paper.\n\
         * `pages`, `pages_without_text`, `findings`: what reading it should give. DOCX, ODT, RTF, HTML \
         and text files count as one page; a sheet, a slide and a message have one each. `pages` is missing where it depends on how a damaged \
         file is repaired; then only its first page is sure.\n\
         * `text_contains`: phrases with their page; compare after folding white space to single \
         spaces. `image_shows`: the same for what only text recognition can read.\n\
         * `relations`: what the act does to another sample.\n\n\
         `metadata.csv` and `metadata.jsonl` describe a few of them for bulk import; one letter is \
         of access class `terbatas`. The password of the locked PDF is `{PASSWORD}`.\n\n\
         `jadwal-contoh.csv` is a classification scheme with a retention schedule, made for show: its \
         periods are fillers and no law, as every row says (`contoh, bukan JRA`).\n\n\
         ## Files\n\n\
         | file | shows |\n| --- | --- |\n{rows}"
    )
}
