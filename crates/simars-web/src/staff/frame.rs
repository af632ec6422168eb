//! What every staff page shares: the second menu, and what was just done.

use simars_access::Action;
use simars_certificate::Qr;

use super::Staff;
use crate::shell::{MARK, Shell};
use crate::state::State;

/// One entry of the staff menu.
pub(crate) struct Entry {
    pub(crate) href: &'static str,
    pub(crate) key: &'static str,
    pub(crate) current: bool,
}

/// The frame of a staff page, inside that of all pages.
pub(crate) struct Frame {
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
    /// The end of the address of every form: `?tanda=…`.
    pub(crate) mark: String,
}

impl Staff {
    /// The frame of a page that belongs to this entry of the menu, and that of all pages.
    pub(super) fn frame(&self, state: &State, title: &str, place: &'static str) -> (Shell, Frame) {
        let entries = [
            ("/petugas", "staff.desk", None),
            ("/petugas/unggah", "staff.upload", Some(Action::File)),
            ("/petugas/tinjau", "staff.review", Some(Action::Review)),
            ("/petugas/jatuh-tempo", "retention.due_menu", Some(Action::Review)),
            ("/petugas/klasifikasi", "retention.scheme", Some(Action::Review)),
            ("/petugas/rak", "rack.title", Some(Action::Publish)),
            ("/petugas/orang", "staff.people", Some(Action::Administer)),
            ("/petugas/laporan", "staff.report", Some(Action::Audit)),
            ("/petugas/riwayat", "staff.audit", Some(Action::Audit)),
            ("/petugas/akun", "staff.account", None),
        ];
        let entries = entries.into_iter().filter(|(_, _, action)| {
            // A menu offers nothing that is refused.
            action.is_none_or(|action| self.may(action))
        });
        let shell = self.visit.shell(&state.settings, title, "");
        let frame = Frame {
            name: self.name.clone(),
            entries: entries
                .map(|(href, key, _)| Entry { href, key, current: key == place })
                .collect(),
            mark: format!("?{}={}", MARK, self.mark),
        };
        (shell, frame)
    }
}

/// A QR code as a path of squares, with a margin of four.
pub(crate) struct Picture {
    /// Of the whole, in squares.
    pub(crate) side: u32,
    pub(crate) path: String,
}

/// The QR code of a text; an empty one if it is too long.
pub(super) fn qr_picture(text: &str) -> Picture {
    use std::fmt::Write;
    const MARGIN: u32 = 4;
    let Ok(code) = Qr::of(text) else { return Picture { side: 0, path: String::new() } };
    let mut path = String::new();
    for (x, y, width) in code.bars() {
        // Writing to a text does not fail.
        let _ = write!(path, "M{} {}h{width}v1h-{width}z", x + MARGIN, y + MARGIN);
    }
    Picture { side: code.side() + 2 * MARGIN, path }
}
