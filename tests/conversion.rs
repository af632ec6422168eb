//! Office documents as pictures and PDFs to read, through the whole program.

use std::path::PathBuf;

use serde_json::Value;
use simars_testkit::Server;

use crate::scene::{Scene, sha256};

fn sample(name: &str) -> PathBuf {
    simars_testkit::project().join("samples").join(name)
}

/// Whether there is an office program; says so if not.
fn converter(scene: &Scene) -> bool {
    let system = scene.simars(&["check", "--system", "--json"]);
    let there = system.json()[0]["conversion"]["converter"].is_string();
    if !there {
        eprintln!("LIBREOFFICE IS NOT INSTALLED: CONVERSION IS NOT TESTED");
    }
    there
}

fn filed(scene: &Scene, name: &str) -> String {
    let report: Value = scene.ingest(&[&sample(name)], &[])[0].clone();
    report["id"].as_str().unwrap().to_owned()
}

fn original_is_unchanged(server: &Server, id: &str, name: &str) {
    let content = server.get(&format!("/api/v1/documents/{id}/content"));
    assert_eq!(sha256(content.body), sha256(std::fs::read(sample(name)).unwrap()));
}

#[test]
fn office_documents_can_be_looked_at_and_read_as_a_pdf() {
    let scene = Scene::new();
    if !converter(&scene) {
        return;
    }
    let name = "paparan-2024-layanan-arsip.pptx";
    let id = filed(&scene, name);
    let text = filed(&scene, "siaran-pers-9-2018.txt");
    let server = scene.serve(&[]);
    let page = server.get(&format!("/dokumen/{id}/halaman/1"));
    assert!(page.text().contains("Tampilan hasil konversi"), "{}", page.text());
    let image = server.get(&format!("/dokumen/{id}/halaman/1/gambar?lebar=240"));
    assert_eq!((image.status, image.header("content-type")), (200, Some("image/png")));
    let second = server.get(&format!("/api/v1/documents/{id}/pages/2/image?width=240"));
    assert!(second.status == 200 && second.body != image.body);
    let pdf = server.get(&format!("/api/v1/documents/{id}/reading.pdf"));
    assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
    assert!(pdf.body.starts_with(b"%PDF-"));
    let document = server.get(&format!("/dokumen/{id}")).text();
    assert!(document.contains(&format!("/api/v1/documents/{id}/reading.pdf")));
    original_is_unchanged(&server, &id, name);
    let none = server.get(&format!("/api/v1/documents/{text}/reading.pdf"));
    assert_eq!((none.status, none.json()["code"].as_str()), (404, Some("no-image")));
    drop(server);

    // A view: it comes back.
    std::fs::remove_dir_all(scene.data().join("views/conversions")).unwrap();
    let server = scene.serve(&[]);
    let again = server.get(&format!("/api/v1/documents/{id}/reading.pdf"));
    assert_eq!(again.status, 200);
    drop(server);
    assert_eq!(scene.simars(&["check"]).code, Some(0));
}

#[test]
fn a_document_that_cannot_be_converted_says_why() {
    let scene = Scene::new();
    if !converter(&scene) {
        return;
    }
    // What a reader still finds text in, and an office program does not open.
    let parts = [("word/document.xml", "<w:p><w:r><w:t>Undangan rapat</w:t></w:r></w:p>")];
    let broken = simars_testkit::mutation::packed(&parts);
    let path = scene.file("undangan.docx", broken);
    let id = scene.ingest(&[&path], &[])[0]["id"].as_str().unwrap().to_owned();
    let server = scene.serve(&[]);
    let image = server.get(&format!("/api/v1/documents/{id}/pages/1/image?width=240"));
    let problem = image.json();
    assert_eq!((image.status, problem["code"].as_str()), (404, Some("no-image")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("no PDF was made"), "{problem}");
    assert!(server.get(&format!("/dokumen/{id}/halaman/1")).text().contains("Undangan rapat"));
}
