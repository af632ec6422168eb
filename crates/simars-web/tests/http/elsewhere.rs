//! Signing in with an account of somewhere else.

use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use simars_web::{Asked, SignOn};

use crate::person::{Browser, administrator};
use crate::site::{NOW, Site};

const ISSUER: &str = "https://masuk.example";

/// What the provider was sent, and whom it says has come.
#[derive(Default)]
struct Provider {
    nonce: String,
    who: (&'static str, &'static str),
    exchanged: Vec<(String, String)>,
}

fn site() -> (Site, Arc<Mutex<Provider>>) {
    let provider = Arc::new(Mutex::new(Provider::default()));
    let theirs = Arc::clone(&provider);
    let ask = move |asked: &Asked| {
        let answer = match asked {
            Asked::Get(address) => {
                assert_eq!(address, "https://masuk.example/.well-known/openid-configuration");
                json!({ "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/auth?a=1"),
                        "token_endpoint": format!("{ISSUER}/token") })
            }
            Asked::Post { address, form, user, password } => {
                assert_eq!(
                    (&**address, &**user, &**password),
                    ("https://masuk.example/token", "simars", "rahasia")
                );
                let mut provider = theirs.lock().unwrap();
                provider.exchanged.clone_from(form);
                let claims = json!({ "iss": ISSUER, "aud": "simars", "nonce": provider.nonce,
                    "sub": provider.who.0, "preferred_username": provider.who.1,
                    "iat": NOW, "exp": NOW + 60 });
                let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
                json!({ "id_token": format!("e30.{claims}.x") })
            }
        };
        Ok(answer.to_string().into_bytes())
    };
    let sign_on = SignOn {
        issuer: ISSUER.to_owned(),
        label: "Akun Kantor".to_owned(),
        client: "simars".to_owned(),
        secret: "rahasia".to_owned(),
        claim: "preferred_username".to_owned(),
        ask: Box::new(ask),
    };
    (Site::with_sign_on(sign_on), provider)
}

/// Goes to the provider and comes back as somebody; the answer and the browser.
fn come<'a>(
    site: &'a Site,
    provider: &Mutex<Provider>,
    who: (&'static str, &'static str),
) -> (crate::site::Reply, Browser<'a>) {
    let mut browser = Browser::new(site);
    let sent = browser.get("/petugas/masuk/luar?ke=/petugas/tinjau");
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let to = sent.header("location").to_owned();
    assert!(to.starts_with("https://masuk.example/auth?a=1&response_type=code&"), "{to}");
    let field = |name: &str| {
        let value = to.split(&format!("&{name}=")).nth(1).unwrap();
        value.split('&').next().unwrap().to_owned()
    };
    {
        let mut provider = provider.lock().unwrap();
        (provider.nonce, provider.who) = (field("nonce"), who);
    }
    let back = format!("/petugas/masuk/luar/kembali?code=kode&state={}", field("state"));
    (browser.get(&back), browser)
}

#[test]
fn somebody_who_was_added_comes_from_elsewhere() {
    let (site, provider) = site();
    let mut ani = administrator(&site);
    assert!(site.get("/petugas/masuk").text().contains("Masuk dengan Akun Kantor"));
    let (unknown, mut browser) = come(&site, &provider, ("1", "budi"));
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED, "nobody is added by coming");
    assert_eq!(browser.get("/petugas").status, StatusCode::SEE_OTHER);
    ani.send("/petugas/orang", "/petugas/orang", "nama=budi&peran=archivist&kelas=biasa");
    let (known, mut browser) = come(&site, &provider, ("1", "budi"));
    assert_eq!((known.status, known.header("refresh")), (StatusCode::OK, "0;url=/petugas/tinjau"));
    assert!(known.header("set-cookie").contains("SameSite=Strict"));
    assert_eq!(browser.get("/petugas").status, StatusCode::OK);
    let sent = provider.lock().unwrap().exchanged.clone();
    assert!(sent.contains(&("code".to_owned(), "kode".to_owned())), "{sent:?}");
    // Another account that took the same name there is not budi.
    let (other, _) = come(&site, &provider, ("2", "budi"));
    assert_eq!(other.status, StatusCode::UNAUTHORIZED);
    assert!(other.text().contains("belum dikenal di sini"), "{}", other.text());
}

#[test]
fn who_did_not_set_out_does_not_arrive() {
    let (site, provider) = site();
    administrator(&site);
    let mut setting_out = Browser::new(&site);
    let sent = setting_out.get("/petugas/masuk/luar");
    let state = sent.header("location").split("&state=").nth(1).unwrap();
    let state = state.split('&').next().unwrap();
    let nonce = sent.header("location").split("&nonce=").nth(1).unwrap();
    provider.lock().unwrap().nonce = nonce.split('&').next().unwrap().to_owned();
    provider.lock().unwrap().who = ("1", "ani");
    let back = format!("/petugas/masuk/luar/kembali?code=kode&state={state}");
    // The link was pushed onto somebody else.
    assert_eq!(site.get(&back).status, StatusCode::UNAUTHORIZED);
    let forged = [("cookie", "simars-luar=lain")];
    assert_eq!(site.ask_with(Method::GET, &back, &forged).status, StatusCode::UNAUTHORIZED);
    assert_eq!(setting_out.get(&back).status, StatusCode::OK);
    setting_out.cookie = format!("simars-luar={state}");
    assert_eq!(setting_out.get(&back).status, StatusCode::UNAUTHORIZED, "once");
}
