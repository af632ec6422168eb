//! The page that is saved to check copies without a network: that it holds everything, may run
//! nothing else, and can reach nothing.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simars_record::Digest;

use crate::site::Site;

/// The content security policy that stands in a page.
fn policy_in(page: &str) -> String {
    let meta = page.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).unwrap();
    meta.split('"').next().unwrap().replace("&#39;", "'").replace("&#x27;", "'")
}

#[test]
fn the_saved_page_runs_its_own_scripts_and_reaches_nothing() {
    let site = Site::new();
    let reply = site.get("/verifikasi/luring");
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"simars-periksa.html\"");
    let page = reply.text();
    let policy = policy_in(page);
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("http") && !policy.contains("connect-src"), "{policy}");
    assert_eq!(
        reply.header("content-security-policy"),
        format!("{policy}; frame-ancestors 'none'")
    );
    let scripts = page.split("<script").skip(1).map(|script| {
        let (_, text) = script.split_once('>').unwrap();
        text.split_once("</script>").unwrap().0
    });
    let mut count = 0;
    for script in scripts {
        assert!(script.starts_with("//"), "{:?}", &script[..40]);
        assert!(!script.contains("<!--"), "a comment would hide the end of the script");
        let hash = STANDARD.encode(Digest::of(script.as_bytes()).as_bytes());
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{:?}", &script[..80]);
        count += 1;
    }
    assert_eq!(count, policy.matches("'sha256-").count());
    assert!(count >= 8, "{count} scripts");
    for outside in ["<link", "<img", "src=", "href=\"http", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn the_saved_page_speaks_both_languages() {
    let site = Site::new();
    let page = site.get("/verifikasi/luring?bahasa=en");
    assert!(page.text().contains("<html lang=\"en\">"));
    assert!(page.text().contains("General Election Commission of Contoh Province"));
    assert!(page.text().contains("Not the file of this proof"));
    assert!(site.get("/verifikasi/luring").text().contains("Bukan berkas dari bukti ini"));
}

#[test]
fn the_checking_page_loads_its_scripts_in_their_order() {
    let site = Site::new();
    let page = site.get("/verifikasi");
    assert!(page.text().contains("href=\"/verifikasi/luring\""));
    let order = ["sha256", "ed25519", "tlog", "statement", "policy", "verdict", "desk", "verify"];
    let mut rest = page.text();
    for name in order {
        let found = rest.split_once(&format!("/{name}.js\" defer"));
        rest = found.unwrap_or_else(|| panic!("{name}.js is missing or out of order")).1;
    }
    // Whatever a script may have to say is in the page.
    for key in ["check.path_wrong", "verdict.altered_title", "statement.cabut"] {
        assert!(page.text().contains(key), "{key}");
    }
}
