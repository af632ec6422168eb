//! Puts together what head, closing, letter lines and file name say.

use simars_record::description::REVIEW_BELOW;
use simars_record::{Date, Description, Evidence, Field};

use crate::annexes;
use crate::closing::{self, Closing};
use crate::copy;
use crate::date::{self, DateFound};
use crate::file_name::{self, Hints};
use crate::footer::Footers;
use crate::head::{self, Head};
use crate::imprint;
use crate::issuer;
use crate::kinds;
use crate::letter;
use crate::lines::{View, collapse, evidence};
use crate::message;
use crate::number::{Repair, Written};
use crate::promulgation;
use crate::relations;
use crate::signatory::{self, Part, Signed};
use crate::title::{self, Title};

/// Which rules these are: raised when they learn to tell what older ones left out, so that what was
/// described by those can be completed.
pub const RULES: u16 = 1;
/// Pages from the first one with text on in which a head is looked for.
const HEAD_PAGES: usize = 3;
/// How sure a repaired year is that the date of enactment confirms.
const CONFIRMED: f32 = 0.85;
/// Bytes of a page in which a head is looked for.
const HEAD_BYTES: usize = 6_000;

/// Describes a document from the texts of its pages, in order, with the file's name and the title
/// in the file's metadata as hints for what the text does not say. Evidence counts pages from 1
/// and bytes within the page's text as given.
pub fn describe(pages: &[&str], file_name: &str, embedded_title: Option<&str>) -> Description {
    let mut description = Description { rules: RULES, ..Description::default() };
    if from_message(&mut description, pages) {
        return description;
    }
    let footers = Footers::of(pages);
    let views: Vec<(usize, View<'_>)> = pages
        .iter()
        .enumerate()
        .filter(|(_, page)| !page.trim_start().is_empty())
        .take(HEAD_PAGES)
        .map(|(index, page)| (index, View::without(page, HEAD_BYTES, &footers)))
        .collect();
    let first_page = views.first().map(|(index, _)| *index);
    match best_head(&views) {
        Some((at, head)) => {
            let (index, view) = &views[at];
            let cover = Some(*index) != first_page;
            from_head(&mut description, view, *index as u32 + 1, &head, cover);
        }
        None => from_letter(&mut description, &views),
    }
    from_closing(&mut description, pages, &views);
    fill_year(&mut description);
    fill_from_imprint(&mut description, &views);
    fill_title(&mut description, &views, embedded_title);
    fill_from_file(&mut description, file_name);
    from_end(&mut description, pages);
    relations::fill(&mut description, pages);
    description
}

/// What stands after the closing: the promulgation, the annexes, the mark of a copy.
fn from_end(description: &mut Description, pages: &[&str]) {
    copy::fill(description, pages);
    let kind = description.kind.as_ref().and_then(|kind| kinds::find(&kind.value));
    if !kind.is_some_and(|kind| kinds::can_be_in_force(&kind.key)) {
        return;
    }
    let enacted = description.date.as_ref().map(|field| field.value);
    description.promulgated = promulgation::find(pages, enacted);
    let title = description.title.as_ref().map(|field| field.value.as_str());
    description.annexes = annexes::find(pages, title);
}

/// Fills in from the header of a message, if the first page begins with one. What is attached to a
/// message does not say what the message is.
fn from_message(description: &mut Description, pages: &[&str]) -> bool {
    let Some(page) = pages.first() else { return false };
    let Some(message) = message::find(page) else { return false };
    let shown = evidence(page, 1, message.at);
    description.kind = Some(Field::recognised("surat".to_owned(), 0.9, shown));
    if let Some(subject) = message.subject {
        let shown = evidence(page, 1, subject.at);
        description.title = Some(Field::recognised(subject.text, 0.9, shown));
    }
    if let Some(found) = &message.date {
        date_field(description, pages, 0, found, 0.95);
        let shown = evidence(page, 1, found.at.clone());
        description.year = Some(Field::recognised(found.date.year(), CONFIRMED, shown));
    }
    true
}

/// The head with most of the pattern, and the earliest of those. A report or a book may have an
/// act bound in: if the first page says that it is one, it is.
fn best_head(views: &[(usize, View<'_>)]) -> Option<(usize, Head)> {
    let mut best: Option<(usize, Head)> = None;
    for (at, (_, view)) in views.iter().enumerate() {
        let Some(head) = head::find_head(view) else { continue };
        let better = best.as_ref().is_none_or(|(_, best)| head.score() > best.score());
        if better {
            let stop = at == 0 && head.is_bound() || head.score() >= 5;
            best = Some((at, head));
            if stop {
                break;
            }
        }
    }
    best
}

/// How sure a head is before anything was repaired.
fn head_confidence(head: &Head, cover: bool) -> f32 {
    let introduced = head.title.as_ref().is_some_and(|title| title.introduced);
    let whole = match (&head.number, introduced) {
        (Some(_), true) => 0.97,
        (Some(_), false) => 0.88,
        (None, true) => 0.85,
        (None, false) => 0.7,
    };
    let case: f32 = if head.capitals { 0.0 } else { 0.1 };
    let place = if cover { 0.05 } else { 0.0 };
    let sure: f32 = if head.annex { 0.6 } else { whole - case - place };
    if head.inside_line { sure.min(0.85) } else { sure }
}

fn repaired(confidence: f32, repair: Repair) -> f32 {
    match repair {
        Repair::None => confidence,
        Repair::Plain => confidence.min(0.8),
        Repair::Ambiguous => confidence.min(0.65),
    }
}

fn from_head(description: &mut Description, view: &View<'_>, page: u32, head: &Head, cover: bool) {
    let sure = head_confidence(head, cover);
    let issuer =
        issuer::of_head(view, head).or_else(|| issuer::of_letterhead(view, head.kind_at.start));
    // A regulation that no office has issued lost a word: the rest of its kind.
    let incomplete =
        issuer.is_none() && ["peraturan", "keputusan"].contains(&head.kind.key.as_str());
    let kind_sure = if head.damaged || incomplete { sure.min(0.7) } else { sure };
    let kind_evidence = view.evidence(page, head.kind_at.clone());
    description.kind = Some(Field::recognised(head.kind.key.clone(), kind_sure, kind_evidence));
    if let Some((offset, written)) = &head.number {
        number_fields(description, view, page, *offset, written, sure);
    }
    if let Some(title) = &head.title {
        title_field(description, view, page, title, if head.annex { 0.6 } else { sure.min(0.95) });
    }
    if let Some(issuer) = issuer {
        let evidence = view.evidence(page, issuer.at);
        let sure = if head.annex { 0.6 } else { issuer.confidence };
        description.issuer = Some(Field::recognised(issuer.name, sure, evidence));
    }
    if description.title.is_none() {
        // A labelled line for it, or what stands between kind and number.
        let subject = letter::find_subject(view).map(|title| (title, 0.85));
        if let Some((title, sure)) = subject.or_else(|| title::before_number(view, head)) {
            title_field(description, view, page, &title, sure);
            return;
        }
        // After the number, or with the kind in it: `LAPORAN KINERJA ...`.
        let after = head.number.as_ref().map_or(head.kind_at.start, |(at, found)| at + found.end);
        let title =
            title::heading(view, after).or_else(|| title::heading(view, head.kind_at.start));
        if let Some(title) = title {
            title_field(description, view, page, &title, 0.6);
        }
    }
}

fn number_fields(
    description: &mut Description,
    view: &View<'_>,
    page: u32,
    offset: usize,
    written: &Written,
    sure: f32,
) {
    let at = offset + written.number_at.start..offset + written.number_at.end;
    let confidence = repaired(sure, written.number_repair);
    let number = written.number.clone();
    description.number = Some(Field::recognised(number, confidence, view.evidence(page, at)));
    if let Some((year, at, repair)) = &written.year {
        let at = offset + at.start..offset + at.end;
        let confidence = repaired(sure, *repair);
        description.year = Some(Field::recognised(*year, confidence, view.evidence(page, at)));
    }
}

fn title_field(
    description: &mut Description,
    view: &View<'_>,
    page: u32,
    title: &Title,
    confidence: f32,
) {
    let evidence = view.evidence(page, title.at.clone());
    description.title = Some(Field::recognised(title.text.clone(), confidence, evidence));
}

/// Fills in from the labelled lines of a letter, if the first page has them.
fn from_letter(description: &mut Description, views: &[(usize, View<'_>)]) {
    let Some((index, view)) = views.first() else { return };
    let Some(letter) = letter::find_letter(view) else { return };
    let page = *index as u32 + 1;
    let sure = if letter.kind_is_marked { 0.9 } else { 0.7 };
    let evidence = view.evidence(page, letter.kind_at.clone());
    description.kind = Some(Field::recognised(letter.kind.key.clone(), sure, evidence));
    let (offset, written) = &letter.number;
    number_fields(description, view, page, *offset, written, 0.9);
    if let Some(title) = &letter.subject {
        title_field(description, view, page, title, 0.85);
    }
    if let Some(issuer) = issuer::of_letterhead(view, letter.number.0) {
        let evidence = view.evidence(page, issuer.at);
        description.issuer = Some(Field::recognised(issuer.name, issuer.confidence, evidence));
    }
}

fn from_closing(description: &mut Description, pages: &[&str], views: &[(usize, View<'_>)]) {
    let year = description.year.as_ref().map(|year| year.value);
    let closing = closing::find_enactment(pages, year);
    let dated = closing.date.is_some();
    closing_fields(description, pages, closing, 0.95);
    if views.is_empty() {
        return;
    }
    let kind = description.kind.as_ref().and_then(|kind| kinds::find(&kind.value));
    // Acts that set rules always say where and when; only other documents have other dates.
    let other = kind.is_some_and(|kind| {
        kind.individual && !kind.key.starts_with("keputusan") && kind.key != "putusan"
    });
    if !dated {
        from_date_lines(description, pages, views, other);
    }
    let is_report = kind.is_some_and(|kind| kind.key == "laporan");
    if other
        && !is_report
        && description.signatory.is_none()
        && let Some(signed) = signatory::by_mark(pages)
    {
        signed_fields(description, pages, signed);
    }
}

/// Place, date and signatory of a document that is not enacted: a date in words or in a labelled
/// line, and a line such as `Mataram, 20 Mei 2024`.
fn from_date_lines(
    description: &mut Description,
    pages: &[&str],
    views: &[(usize, View<'_>)],
    other: bool,
) {
    let year = description.year.as_ref().map(|year| year.value);
    let stated = if other { stated_date(pages, views) } else { None };
    if let Some((page, found)) = &stated {
        date_field(description, pages, *page, found, 0.9);
    }
    let day = stated.map(|(_, found)| found.date);
    let last = pages.len().saturating_sub(2);
    let first: Vec<usize> = views.iter().map(|(index, _)| *index).filter(|_| other).collect();
    for index in first.into_iter().chain(last..pages.len()) {
        let mut line = closing::find_date_line(pages, index, day);
        let Some((_, found)) = &line.date else { continue };
        // Old acts end with such a line, too; theirs must fit the year of the number.
        if other || year == Some(found.date.year()) {
            // What was stated is shown by its own words.
            line.date = line.date.filter(|_| day.is_none());
            closing_fields(description, pages, line, 0.85);
            return;
        }
    }
}

/// The date that minutes state in words, or a note in a labelled line.
fn stated_date(pages: &[&str], views: &[(usize, View<'_>)]) -> Option<(usize, DateFound)> {
    let (index, _) = views.first()?;
    date_in_words(pages, views)
        .or_else(|| closing::find_labelled_date(pages[*index]).map(|found| (*index, found)))
}

/// The date of minutes: `pada hari ini, Senin tanggal dua puluh bulan Mei tahun ...`.
fn date_in_words<'a>(pages: &[&'a str], views: &[(usize, View<'a>)]) -> Option<(usize, DateFound)> {
    let (index, _) = views.first()?;
    let page = pages[*index];
    let head = &page[..page.floor_char_boundary(HEAD_BYTES)];
    // The words are spelled as they come; only lower case is looked for first, being cheap.
    let start = head.find("hari ini").or_else(|| head.find("Hari ini"))?;
    let rest = &head[start..];
    let mut found = date::first_in_words(rest).or_else(|| date::first(rest))?;
    found.at = start + found.at.start..start + found.at.end;
    Some((*index, found))
}

fn closing_fields(description: &mut Description, pages: &[&str], closing: Closing, sure: f32) {
    if let Some((index, at, place)) = closing.place
        && description.place.is_none()
    {
        let evidence = evidence(pages[index], index as u32 + 1, at);
        description.place = Some(Field::recognised(place, sure, evidence));
    }
    if let Some((index, found)) = &closing.date {
        date_field(description, pages, *index, found, sure);
    }
    if let Some(signed) = closing.signed {
        signed_fields(description, pages, signed);
    }
}

fn signed_fields(description: &mut Description, pages: &[&str], signed: Signed) {
    let Signed { page, office, name } = signed;
    let field = |part: Part| {
        let evidence = evidence(pages[page], page as u32 + 1, part.at);
        Field::recognised(part.text, part.confidence, evidence)
    };
    if let Some(name) = name {
        description.signatory = Some(field(name));
    }
    if let Some(office) = office {
        description.office = Some(field(office));
    }
}

/// Sets the date, unless the number's year makes it impossible: then it keeps little confidence.
fn date_field(
    description: &mut Description,
    pages: &[&str],
    index: usize,
    found: &DateFound,
    sure: f32,
) {
    let year = description.year.as_ref().map(|year| year.value);
    let fits = year.is_none_or(|year| year.abs_diff(found.date.year()) <= 1);
    let confidence = repaired(if fits { sure } else { 0.5 }, found.repair);
    let evidence = evidence(pages[index], index as u32 + 1, found.at.clone());
    let field: Field<Date> = Field::recognised(found.date, confidence, evidence);
    description.date = Some(field);
}

/// A number without a year has that of its date. A year that had to be repaired and is that of
/// the date as well is no longer in doubt.
fn fill_year(description: &mut Description) {
    let Some(date) = &description.date else { return };
    if let Some(year) = &mut description.year {
        let confirmed = year.value == date.value.year() && date.confidence >= REVIEW_BELOW;
        if confirmed && year.confidence < CONFIRMED && year.confidence > 0.6 {
            year.confidence = CONFIRMED;
        }
    } else if description.number.is_some() {
        let evidence: Option<Evidence> = date.evidence.clone();
        let year = date.value.year();
        let confidence = date.confidence.min(0.7);
        description.year = Some(Field { value: year, confidence, source: date.source, evidence });
    }
}

/// A book or a report says on its cover or in its colophon who published it, where and when.
fn fill_from_imprint(description: &mut Description, views: &[(usize, View<'_>)]) {
    let kind = description.kind.as_ref().map(|kind| kind.value.as_str());
    if !kind.is_some_and(head::is_bound_kind) {
        return;
    }
    for (index, view) in views {
        let page = *index as u32 + 1;
        let found = imprint::find(view);
        fill(&mut description.issuer, found.issuer, view, page);
        fill(&mut description.place, found.place, view, page);
        fill(&mut description.year, found.year, view, page);
    }
}

/// How sure an imprint is.
const IMPRINT: f32 = 0.8;

fn fill<T>(
    field: &mut Option<Field<T>>,
    found: Option<imprint::Found<T>>,
    view: &View<'_>,
    page: u32,
) {
    if let Some(found) = found
        && field.is_none()
    {
        *field = Some(Field::recognised(found.value, IMPRINT, view.evidence(page, found.at)));
    }
}

/// A document without *tentang* has its heading for a title, else what its metadata says.
fn fill_title(
    description: &mut Description,
    views: &[(usize, View<'_>)],
    embedded_title: Option<&str>,
) {
    if description.title.is_some() {
        return;
    }
    if let Some((index, view)) = views.first()
        && let Some(title) = title::heading(view, 0)
    {
        title_field(description, view, *index as u32 + 1, &title, 0.5);
        return;
    }
    let embedded = collapse(embedded_title.unwrap_or(""));
    if embedded.chars().filter(|sign| sign.is_alphabetic()).count() >= 4 {
        description.title = Some(Field::hinted(embedded, 0.4));
    }
}

fn fill_from_file(description: &mut Description, file_name: &str) {
    let whole = description.kind.is_some()
        && description.number.is_some()
        && description.year.is_some()
        && description.title.is_some();
    if whole {
        return;
    }
    let Hints { kind, number, year, title } = file_name::read(file_name);
    // A number of another kind is no hint for this document.
    let contradicted = description
        .kind
        .as_ref()
        .is_some_and(|known| kind.is_some_and(|hinted| hinted.key != known.value));
    if description.kind.is_none() {
        description.kind = kind.map(|kind| Field::hinted(kind.key.clone(), 0.5));
    }
    if description.number.is_none() && !contradicted {
        description.number = number.map(|number| Field::hinted(number, 0.5));
        if description.year.is_none() {
            description.year = year.map(|year| Field::hinted(year, 0.5));
        }
    }
    if description.title.is_none() {
        description.title = title.map(|title| Field::hinted(title, 0.3));
    }
}
