//! A gray picture of a page.

/// A gray picture: one byte a point, row by row from the upper left corner, 0 is black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gray {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Exactly `width * height` bytes.
    pub(crate) points: Vec<u8>,
}
