//! What counts, for whom, and that it is still there after a restart.

use super::*;

fn asked(name: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, name.parse().unwrap());
    headers
}

#[test]
fn programs_are_told_by_what_they_say_of_themselves() {
    for robot in ["", "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.5.0", "Wget/1.21"]
    {
        assert!(is_robot(&asked(robot)), "{robot}");
    }
    assert!(is_robot(&HeaderMap::new()));
    for person in [
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "Mozilla/5.0 (Linux; Android 10; CUBOT X18 Plus) AppleWebKit/537.36 Chrome/120.0 Mobile",
    ] {
        assert!(!is_robot(&asked(person)), "{person}");
    }
}

#[test]
fn a_request_counts_by_its_route() {
    let person = asked("Mozilla/5.0");
    let deed = |method: Method, route: &str, query: &str, status: u16| {
        let path = route.replace("{id}", &"a".repeat(26));
        let status = StatusCode::from_u16(status).unwrap();
        answered(&method, (route, &path, query), &person, status)
    };
    let of = |answered: Option<Answered>| answered.and_then(|answered| answered.deed);
    let read = deed(Method::GET, "/dokumen/{id}", "", 200).unwrap();
    assert_eq!((read.deed, read.robot), (Some(Deed::Read), false));
    assert!(read.document.is_some());
    assert_eq!(of(deed(Method::GET, "/dokumen/{id}", "", 404)), None);
    assert_eq!(of(deed(Method::HEAD, "/dokumen/{id}", "", 200)), None);
    let content = "/api/v1/documents/{id}/content";
    assert_eq!(of(deed(Method::GET, content, "", 200)), Some(Deed::Download));
    assert_eq!(of(deed(Method::GET, content, "", 206)), None, "a part of one download");
    assert_eq!(of(deed(Method::GET, "/cari", "tahun=2024&q=kursi", 200)), Some(Deed::Search));
    assert_eq!(of(deed(Method::GET, "/cari", "q=&tahun=2024", 200)), None);
    let verify = "/api/v1/verify/{sha256}";
    assert_eq!(of(deed(Method::GET, verify, "", 404)), Some(Deed::Verification));
    assert_eq!(of(deed(Method::POST, "/verifikasi", "", 200)), Some(Deed::Verification));
    for none in ["/petugas", "/static/{hash}/{name}", "/healthz", "/metrics"] {
        assert_eq!(deed(Method::GET, none, "", 200), None, "{none}");
    }
    let mut staff = person.clone();
    staff.insert(header::AUTHORIZATION, "Bearer x".parse().unwrap());
    let route = ("/cari", "/cari", "q=x");
    assert_eq!(answered(&Method::GET, route, &staff, StatusCode::OK), None);
}

#[test]
fn counts_are_kept_and_old_days_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let counts = Counts::open(folder.path());
    let id: DocumentId = "a".repeat(26).parse().unwrap();
    let begin = 1_795_509_225;
    for day in 0..40 {
        let now = Timestamp::from_unix(begin + day * 86_400);
        for robot in [false, false, true] {
            counts.note(now, &Answered { robot, deed: Some(Deed::Read), document: Some(id) });
        }
    }
    let due = |counts: &Counts, seconds: u64| {
        let answered = Answered { robot: false, deed: None, document: None };
        counts.note(Timestamp::from_unix(begin + 40 * 86_400 + seconds), &answered)
    };
    assert!(due(&counts, 0) && !due(&counts, 59) && due(&counts, 60));
    drop(counts);
    let again = Counts::open(folder.path());
    let months = again.months();
    assert_eq!(months.keys().collect::<Vec<_>>(), ["2026-11", "2026-12", "2027-01"]);
    assert_eq!(months["2026-12"][&Deed::Read], Tally { people: 62, robots: 31 });
    assert_eq!(again.0.book().kept.days.len(), DAYS);
    fs::write(folder.path().join(FILE), b"{").unwrap();
    assert!(Counts::open(folder.path()).months().is_empty(), "damaged counts begin anew");
}
