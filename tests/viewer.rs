//! The reading view in a real Chromium: words lie where they are drawn and can be selected, headings can
//! be pointed at; and what every public page must have for whoever cannot see it well, in light and dark.

use simars_testkit::Server;

use crate::browser::{Driver, journey};
use crate::scene::Scene;

/// How many finds are marked, and how many of them have their word under the middle of the mark.
const PLACES: &str = "const words = [...document.querySelectorAll('.layer tspan')];
    const marks = [...document.querySelectorAll('.hits rect')];
    const inside = (mark) => {
        const box = mark.getBoundingClientRect();
        const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
        return words.some((word) => {
            const own = word.getBoundingClientRect();
            return /perolehan|kursi/i.test(word.textContent)
                && own.left <= x && x <= own.right && own.top <= y && y <= own.bottom;
        });
    };
    return [marks.length, marks.filter(inside).length];";

/// Selects the line of the title and gives what would be copied.
const SELECT: &str = "const line = [...document.querySelectorAll('.layer text')]
        .find((line) => line.textContent.startsWith('PENETAPAN'));
    const range = document.createRange();
    range.selectNodeContents(line);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return getSelection().toString().trim();";

/// A server with the samples, and the decision whose pages are looked at.
fn with_samples() -> (Scene, Server, String) {
    let scene = Scene::new();
    let samples = simars_testkit::project().join("samples");
    let server = scene.serve(&["--samples", samples.to_str().unwrap()]);
    let answer = server.get("/api/v1/search?q=keputusan+457+tahun+2024").json();
    let id = answer["hits"][0]["id"].as_str().unwrap().to_owned();
    (scene, server, id)
}

#[test]
fn words_lie_where_they_are_drawn_and_can_be_selected() {
    let Some(chrome) = Driver::start() else { return };
    let (_scene, server, id) = with_samples();
    journey(async {
        for width in [320, 1280] {
            let driver = chrome.open(width, 900).await;
            let page = format!("{}/dokumen/{id}/halaman/1", server.base());
            driver.goto(format!("{page}?q=perolehan+kursi")).await.unwrap();
            let found = driver.execute(PLACES, vec![]).await.unwrap();
            let [marks, inside]: [usize; 2] = found.convert().unwrap();
            assert!(marks >= 6 && marks == inside, "{inside} of {marks} at {width}");
            let line: String = driver.execute(SELECT, vec![]).await.unwrap().convert().unwrap();
            assert_eq!(line, "PENETAPAN PEROLEHAN KURSI PARTAI POLITIK PESERTA PEMILIHAN");
            driver.goto(format!("{page}#diktum-ketiga")).await.unwrap();
            let script = "const box = document.querySelector(':target').getBoundingClientRect();
                return box.top >= 0 && box.bottom <= innerHeight && box.height > 3;";
            let seen: bool = driver.execute(script, vec![]).await.unwrap().convert().unwrap();
            assert!(seen, "the heading is not in sight at {width}");
            driver.quit().await.unwrap();
        }
    });
}

/// What is wrong with a page, in words.
const WRONG: &str = "const wrong = [];
    const all = (css) => [...document.querySelectorAll(css)];
    const one = (css) => { if (all(css).length !== 1) wrong.push(`${all(css).length} ${css}`); };
    ['h1', 'main', 'header', 'footer', 'title'].forEach(one);
    let last = 0;
    for (const heading of all('h1, h2, h3, h4')) {
        const level = +heading.tagName[1];
        if (level > last + 1) wrong.push(`heading ${heading.textContent} skips a level`);
        last = level;
    }
    const name = (of) => of.getAttribute('aria-label')
        || document.getElementById(of.getAttribute('aria-labelledby'))?.textContent || '';
    const navs = all('nav').map(name);
    if (navs.some((nav) => !nav) || new Set(navs).size < navs.length) wrong.push(`navs ${navs}`);
    for (const image of all('img:not([alt])')) wrong.push(`no alt: ${image.src}`);
    for (const field of all('input:not([type=hidden]), select, textarea')) {
        if (!field.labels.length && !name(field)) wrong.push(`no label: ${field.name}`);
    }
    for (const link of all('a, button')) {
        const said = name(link) || link.textContent.trim() || link.querySelector('img')?.alt;
        if (!said && !link.hidden && !link.closest('[hidden]')) wrong.push(`empty: ${link.outerHTML}`);
    }
    const colour = (text) => {
        const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
        return { light: [r, g, b].map((part) => part / 255)
            .map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
            .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0), a };
    };
    const under = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const paper = colour(getComputedStyle(at).backgroundColor);
            if (paper.a > 0) return paper.light;
        }
        return 1;
    };
    for (const node of all('body *')) {
        const own = [...node.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
        if (!own || node.closest('svg, [aria-hidden=true]') || !node.checkVisibility()) continue;
        if (node.disabled) continue;
        const style = getComputedStyle(node);
        const [ink, paper] = [colour(style.color).light, under(node)];
        const ratio = (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
        if (ratio < 4.5) wrong.push(`${ratio.toFixed(1)}: ${node.textContent.slice(0, 40)}`);
    }
    return wrong;";

#[test]
fn every_public_page_can_be_read_by_everybody() {
    let Some(chrome) = Driver::start() else { return };
    let (_scene, server, id) = with_samples();
    let pages = [
        "/".to_owned(),
        "/cari?q=keputusan".to_owned(),
        "/cari?q=zzzz".to_owned(),
        "/koleksi".to_owned(),
        "/koleksi/keputusan".to_owned(),
        "/koleksi/terbaru".to_owned(),
        "/koleksi/jenis/keputusan".to_owned(),
        "/verifikasi".to_owned(),
        "/tentang".to_owned(),
        "/cakupan".to_owned(),
        "/tidak-ada".to_owned(),
        format!("/dokumen/{id}"),
        format!("/dokumen/{id}/halaman/1?q=kursi"),
        format!("/dokumen/{id}/halaman/3?tampil=teks"),
        format!("/dokumen/{id}/halaman/3?tampil=besar"),
    ];
    let in_both = |page: &String| {
        let mark = if page.contains('?') { '&' } else { '?' };
        ["id", "en"].map(|language| format!("{page}{mark}bahasa={language}"))
    };
    let pages: Vec<String> = pages.iter().flat_map(in_both).collect();
    journey(async {
        let driver = chrome.open(1280, 900).await;
        for scheme in ["light", "dark"] {
            let wish = serde_json::json!({
                "features": [{ "name": "prefers-color-scheme", "value": scheme }]
            });
            driver.cdp().send_raw("Emulation.setEmulatedMedia", wish).await.unwrap();
            for page in &pages {
                driver.goto(format!("{}{page}", server.base())).await.unwrap();
                let wrong = driver.execute(WRONG, vec![]).await.unwrap();
                let wrong: Vec<String> = wrong.convert().unwrap();
                assert!(wrong.is_empty(), "{page} {scheme}: {wrong:#?}");
            }
        }
        driver.quit().await.unwrap();
    });
}
