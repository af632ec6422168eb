//! What an office file says about itself: its title, the program, when it was made and changed.
//! Names of authors stay where they are.

use simars_record::layout::Structure;

use crate::answer::clean_title;
use crate::package::Package;
use crate::xml;

/// The title, and what is known beside it.
pub(crate) type Facts = (Option<String>, Option<Box<Structure>>);

/// From the properties of an Office Open XML file (ECMA-376, part 2, section 8 and part 1,
/// section 22.2).
pub(crate) fn of_office_open_xml(package: &mut Package<'_>) -> Facts {
    let core = package.part("docProps/core.xml").unwrap_or_default();
    let app = package.part("docProps/app.xml").unwrap_or_default();
    let structure = Structure {
        producer: program(value(&app, "Application"), value(&app, "AppVersion")),
        created: value(&core, "created"),
        modified: value(&core, "modified"),
        ..Structure::default()
    };
    (value(&core, "title"), known(structure))
}

/// From the metadata of an OpenDocument file (version 1.3, part 3, section 4).
pub(crate) fn of_open_document(package: &mut Package<'_>) -> Facts {
    let meta = package.part("meta.xml").unwrap_or_default();
    let structure = Structure {
        producer: value(&meta, "generator"),
        created: value(&meta, "creation-date"),
        modified: value(&meta, "date"),
        ..Structure::default()
    };
    (value(&meta, "title"), known(structure))
}

/// A name with its version, if there is a name.
fn program(name: Option<String>, version: Option<String>) -> Option<String> {
    let name = name?;
    Some(version.map_or_else(|| name.clone(), |version| format!("{name} {version}")))
}

fn value(xml: &[u8], name: &str) -> Option<String> {
    xml::text_of(xml, name).and_then(|text| clean_title(&text))
}

/// Nothing where nothing is known.
pub(crate) fn known(structure: Structure) -> Option<Box<Structure>> {
    (structure != Structure::default()).then(|| Box::new(structure))
}

#[cfg(test)]
mod tests {
    use crate::Limits;
    use crate::package::{self, tests::packed};

    #[test]
    fn programs_and_dates_are_told_and_authors_are_not() {
        let core = "<c:p xmlns:c='c' xmlns:d='d'><d:title>Judul</d:title><d:creator>Nama\
                    </d:creator><d:created>2024-05-06T07:08:09Z</d:created></c:p>";
        let app = "<P><Application>Penulis</Application><AppVersion>16.1</AppVersion></P>";
        let bytes = packed(&[
            ("word/document.xml", "<w:p xmlns:w='w'/>"),
            ("docProps/core.xml", core),
            ("docProps/app.xml", app),
        ]);
        let extracted = package::read(&bytes, &Limits::default());
        let structure = extracted.structure.unwrap();
        assert_eq!(structure.producer.as_deref(), Some("Penulis 16.1"));
        assert_eq!(structure.created.as_deref(), Some("2024-05-06T07:08:09Z"));
        assert!(!format!("{structure:?}").contains("Nama"));
    }
}
