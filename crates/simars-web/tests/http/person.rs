//! Somebody who works here, with a browser.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use simars_access::KeepError;

use crate::site::{Reply, Site};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "empat+kuda+lari+sore";

/// A browser with a cookie.
pub(crate) struct Browser<'a> {
    site: &'a Site,
    pub(crate) cookie: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(site: &'a Site) -> Self {
        Self { site, cookie: String::new() }
    }

    pub(crate) fn ask(&mut self, method: Method, path: &str, body: (&str, Vec<u8>)) -> Reply {
        let request = Request::builder().method(method).uri(path).header("cookie", &self.cookie);
        let request =
            request.header("content-type", body.0).header("sec-fetch-site", "same-origin");
        let reply = self.site.ask(request.body(Body::from(body.1)).unwrap());
        if let Some(cookie) =
            reply.header("set-cookie").split(';').next().filter(|one| !one.is_empty())
        {
            cookie.clone_into(&mut self.cookie);
        }
        reply
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.ask(Method::GET, path, ("text/plain", Vec::new()))
    }

    /// Sends a form as the page at `page` has it: with what that page says it has to show.
    pub(crate) fn send(&mut self, page: &str, action: &str, fields: &str) -> Reply {
        let shown = self.get(page);
        let mark = shown.text().split(&format!("{action}?tanda=")).nth(1);
        let mark = mark.and_then(|rest| rest.split('"').next());
        let action =
            mark.map_or_else(|| action.to_owned(), |mark| format!("{action}?tanda={mark}"));
        let body = ("application/x-www-form-urlencoded", fields.as_bytes().to_vec());
        self.ask(Method::POST, &action, body)
    }

    pub(crate) fn accept(&mut self, link: &str, fields: &str) -> Reply {
        let fields = format!("{fields}&sandi={PASSWORD}&lagi={PASSWORD}");
        self.send(link, link, &fields)
    }

    pub(crate) fn sign_in(&mut self, login: &str) -> Reply {
        self.send("/petugas/masuk", "/petugas/masuk", &format!("nama={login}&sandi={PASSWORD}"))
    }
}

/// The link with which the first administrator begins.
pub(crate) fn first_link(site: &Site) -> String {
    let now = site.state.holdings.archive().now();
    let secret = site.state.people.change(|people| {
        Ok::<_, KeepError>(people.invite_first(now, &mut |bytes| (site.state.random)(bytes)))
    });
    format!("/petugas/undangan/{}", secret.unwrap().reveal())
}

pub(crate) fn administrator(site: &Site) -> Browser<'_> {
    let mut browser = Browser::new(site);
    let reply = browser.accept(&first_link(site), "nama=ani&lengkap=Ani");
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    assert_eq!(browser.sign_in("ani").status, StatusCode::SEE_OTHER);
    browser
}

/// Somebody whom the first administrator added, signed in.
pub(crate) fn added<'a>(ani: &mut Browser<'a>, fields: &str, login: &str) -> Browser<'a> {
    let fields = format!("nama={login}&{fields}");
    let added = ani.send("/petugas/orang", "/petugas/orang", &fields);
    let link = added.text().split("/petugas/undangan/").nth(1).unwrap()[..64].to_owned();
    let mut browser = Browser::new(ani.site);
    browser.accept(&format!("/petugas/undangan/{link}"), "");
    assert_eq!(browser.sign_in(login).status, StatusCode::SEE_OTHER);
    browser
}
