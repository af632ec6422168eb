//! Who may see a document: its class, its embargo and its unit, as the desk's form gives them.

use simars_ingest::Change;
use simars_record::{AccessClass, Date, Document, Timestamp, UnitChoice};

use super::Fields;

/// What the form changes, in the order in which it is to be stated; or the key of the text that
/// says what is wrong with it. A field that is not there changes nothing.
pub(super) fn changes(
    document: &Document,
    fields: &Fields,
    now: Timestamp,
) -> Result<Vec<Change>, &'static str> {
    let class = match fields.get("kelas") {
        "" => document.access,
        class => class.parse::<AccessClass>().map_err(|_| "staff.problem_class")?,
    };
    let opens = match fields.get("buka") {
        "" => None,
        day => Some(day.parse::<Date>().map_err(|_| "staff.problem_opens")?),
    };
    if opens.is_some_and(|day| day <= now.date()) {
        return Err("staff.problem_opens");
    }
    let closed = opens.map_or(class, |_| class.max(AccessClass::Restricted));
    let mut changes = Vec::new();
    if closed != document.access || opens.is_none() && document.opens.is_some() {
        changes.push(Change::Access(closed));
    }
    if let Some(day) = opens.filter(|_| opens != document.opens || !changes.is_empty()) {
        changes.push(Change::Embargo(day));
    }
    if fields.has("unit") {
        let unit: UnitChoice = fields.get("unit").parse().map_err(|_| "staff.problem_unit")?;
        if unit.0 != document.unit {
            changes.push(Change::Unit(unit.0));
        }
    }
    Ok(changes)
}
