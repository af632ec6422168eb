//! What an office file keeps from view: sheets and slides that are read like others and told of.

use std::collections::HashSet;

use simars_record::{Finding, FindingCode};

use crate::xml::Element;

/// Tells of a hidden sheet or slide that begins on this page, counted from 1.
pub(crate) fn finding(page: usize, what: &str) -> Finding {
    let detail = format!("{what} is hidden in the file; it was read like the others");
    let page = u32::try_from(page).ok();
    Finding { code: FindingCode::Hidden, page, detail }
}

/// The styles of an OpenDocument file that hide what they are put on (version 1.3, part 3, 20.252
/// for tables and 20.414 for slides).
#[derive(Debug, Default)]
pub(crate) struct Styles {
    /// The style whose properties come next.
    current: String,
    hiding: HashSet<String>,
}

impl Styles {
    /// Takes note of an element that begins.
    pub(crate) fn open(&mut self, element: &Element<'_>) {
        let says = |attribute, value: &str| element.attribute(attribute).as_deref() == Some(value);
        let hides = match element.name() {
            "style" => {
                self.current = element.attribute("name").unwrap_or_default();
                false
            }
            "table-properties" => says("display", "false"),
            "drawing-page-properties" => says("visibility", "hidden"),
            _ => false,
        };
        if hides {
            self.hiding.insert(self.current.clone());
        }
    }

    /// Whether the style of this element hides it.
    pub(crate) fn hide(&self, element: &Element<'_>) -> bool {
        let style = element.attribute("style-name");
        style.is_some_and(|style| self.hiding.contains(&style))
    }
}
