//! Which passkeys are taken, and which are not; with an authenticator that really signs.

use simars_record::AccessClass;
use simars_testkit::authenticator::Authenticator;

use super::challenge::{Challenges, PATIENCE};
use super::*;
use crate::decide::Grant;
use crate::people::passkey::Entered;
use crate::people::{AccessError, Attempt, People, SignIn};
use crate::second::Enrolment;
use crate::secret::SecretDigest;
use crate::session::LONGEST;

const T0: u64 = 1_800_000_000;
const ORIGIN: &str = "https://arsip.contoh.example";

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(T0 + seconds)
}

fn random() -> impl FnMut(&mut [u8]) {
    let mut next = 0_u8;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            next = next.wrapping_add(1);
            *byte = next;
        }
    }
}

fn login(name: &str) -> LoginName {
    name.parse().unwrap()
}

fn place() -> Place {
    Place::of(ORIGIN).unwrap()
}

/// Where randomness comes from.
type Source = Box<dyn FnMut(&mut [u8])>;

/// People and the challenges they were given.
struct Door {
    people: People,
    challenges: Challenges,
    random: Source,
}

impl Door {
    fn new() -> Self {
        let mut random = random();
        let mut people = People::default();
        for name in ["ani", "budi"] {
            let roles = "administrator,archivist".parse().unwrap();
            let grant = Grant { roles, clearance: AccessClass::Secret, unit: None };
            let link = people.add(login(name), "", grant, at(0), &mut random).unwrap();
            people.accept(link.reveal(), "hash".to_owned(), at(0)).unwrap();
        }
        Self { people, challenges: Challenges::default(), random: Box::new(random) }
    }

    fn session() -> SecretDigest {
        SecretDigest::of("sesi")
    }

    /// Asks the authenticator for a passkey of somebody.
    fn make(&mut self, name: &str, key: &mut Authenticator) -> Result<Made, PasskeyError> {
        let candidate = self.people.candidate(&login(name), &mut self.random).unwrap();
        let told = self.challenges.begin_adding(&place(), &candidate, Self::session(), at(1));
        let answer = key.create(&told.unwrap());
        self.challenges.end_adding(&answer, &place(), Self::session(), at(2))
    }

    fn add(&mut self, name: &str, key: &mut Authenticator) -> Result<(), AccessError> {
        let made = self.make(name, key)?;
        self.people.add_passkey(&login(name), made, " Telepon ", at(2))
    }

    fn begin(&mut self, seconds: u64) -> String {
        self.challenges.begin_entering(&place(), at(seconds)).unwrap()
    }

    fn end(&mut self, answer: &str, seconds: u64) -> Entered {
        match self.challenges.end_entering(answer, at(seconds)) {
            Ok(shown) => {
                let from = ("uji", "192.0.2.1");
                self.people.enter(shown, &place(), from, at(seconds), &mut self.random)
            }
            Err(error) => Entered::Refused(error),
        }
    }

    fn enter(&mut self, key: &mut Authenticator, seconds: u64) -> Entered {
        let told = self.begin(seconds);
        self.end(&key.sign(&told), seconds)
    }
}

fn in_as(entered: &Entered, door: &mut Door, name: &str, seconds: u64) {
    let Entered::In(secret) = entered else { panic!("{entered:?}") };
    let (person, session) = door.people.session(secret.reveal(), at(seconds)).unwrap();
    assert_eq!((person.login.as_str(), &*session.address), (name, "192.0.2.1"));
    assert!(door.people.session(secret.reveal(), at(seconds + LONGEST)).is_none());
}

fn why(entered: Entered) -> PasskeyError {
    match entered {
        Entered::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_has_a_passkey_comes_in_without_a_name() {
    let mut door = Door::new();
    let (mut hers, mut his) = (Authenticator::new(1, ORIGIN), Authenticator::new(2, ORIGIN));
    door.add("ani", &mut hers).unwrap();
    door.add("budi", &mut his).unwrap();
    assert_ne!(hers.handle, his.handle);
    for (key, name) in [(&mut hers, "ani"), (&mut his, "budi")] {
        let entered = door.enter(key, 10);
        in_as(&entered, &mut door, name, 10);
    }
    let ani = door.people.person(&login("ani")).unwrap();
    let [passkey] = &*ani.passkeys else { panic!("{ani:?}") };
    assert_eq!((&*passkey.label, passkey.added, passkey.used), ("Telepon", at(2), Some(at(10))));
    // What is kept is read again and still lets her in.
    let kept = serde_json::to_string(&door.people).unwrap();
    door.people = serde_json::from_str(&kept).unwrap();
    let entered = door.enter(&mut hers, 20);
    in_as(&entered, &mut door, "ani", 20);
    let short = door.people.person(&login("ani")).unwrap().passkeys[0].short();
    door.people.forget_passkey(&login("budi"), &short).unwrap();
    assert!(matches!(door.enter(&mut hers, 30), Entered::In(_)), "it is not his to forget");
    door.people.forget_passkey(&login("ani"), &short).unwrap();
    assert_eq!(why(door.enter(&mut hers, 40)), PasskeyError::Unknown);
}

#[test]
fn a_challenge_is_good_for_one_answer_and_a_while() {
    let mut door = Door::new();
    let mut key = Authenticator::new(1, ORIGIN);
    door.add("ani", &mut key).unwrap();
    let told = door.begin(10);
    let answer = key.sign(&told);
    assert!(matches!(door.end(&answer, 11), Entered::In(_)));
    assert_eq!(why(door.end(&answer, 12)), PasskeyError::NoChallenge, "the same once more");
    let again = key.sign(&told);
    assert_eq!(why(door.end(&again, 12)), PasskeyError::NoChallenge, "signed anew");
    let told = door.begin(20);
    let late = key.sign(&told);
    assert_eq!(why(door.end(&late, 20 + PATIENCE)), PasskeyError::NoChallenge);
    let foreign =
        key.sign(r#"{"rpId":"arsip.contoh.example","challenge":"AAAAAAAAAAAAAAAAAAAAAA"}"#);
    assert_eq!(why(door.end(&foreign, 21)), PasskeyError::NoChallenge, "nobody gave this one");
    assert!(matches!(why(door.end("{}", 21)), PasskeyError::Unreadable(_)));
}

#[test]
fn what_was_made_or_signed_elsewhere_is_refused() {
    let mut door = Door::new();
    let mut key = Authenticator::new(1, "https://arsip.contoh.example.evil.example");
    assert!(matches!(door.make("ani", &mut key), Err(PasskeyError::Refused(_))));
    ORIGIN.clone_into(&mut key.origin);
    door.add("ani", &mut key).unwrap();
    for origin in ["http://arsip.contoh.example", "https://contoh.example", "https://evil.example"]
    {
        origin.clone_into(&mut key.origin);
        assert!(matches!(why(door.enter(&mut key, 10)), PasskeyError::Refused(_)), "{origin}");
    }
    ORIGIN.clone_into(&mut key.origin);
    // Signed for the name of another server.
    let told = door.begin(11).replace("arsip.contoh.example", "evil.example");
    let answer = key.sign(&told);
    assert!(matches!(why(door.end(&answer, 11)), PasskeyError::Refused(_)));
    assert!(matches!(door.enter(&mut key, 12), Entered::In(_)));
}

#[test]
fn who_is_not_recognised_or_is_somebody_else_stays_out() {
    let mut door = Door::new();
    let (mut hers, mut his) = (Authenticator::new(1, ORIGIN), Authenticator::new(2, ORIGIN));
    hers.recognises = false;
    assert!(matches!(door.make("ani", &mut hers), Err(PasskeyError::Refused(_))));
    hers.recognises = true;
    door.add("ani", &mut hers).unwrap();
    door.add("budi", &mut his).unwrap();
    hers.recognises = false;
    assert!(matches!(why(door.enter(&mut hers, 10)), PasskeyError::Refused(_)), "found on a table");
    hers.recognises = true;
    // His key, said to be hers.
    let own = std::mem::replace(&mut his.handle, hers.handle.clone());
    assert_eq!(why(door.enter(&mut his, 11)), PasskeyError::Unknown);
    his.id = hers.id;
    assert!(matches!(why(door.enter(&mut his, 12)), PasskeyError::Refused(_)), "wrong signature");
    (his.id, his.handle) = ([2; 32], own);
    assert!(matches!(door.enter(&mut his, 13), Entered::In(_)));
}

#[test]
fn a_copy_of_an_authenticator_is_noticed() {
    let mut door = Door::new();
    let mut key = Authenticator::new(1, ORIGIN);
    door.add("ani", &mut key).unwrap();
    assert!(matches!(door.enter(&mut key, 10), Entered::In(_)));
    assert!(matches!(door.enter(&mut key, 11), Entered::In(_)));
    key.count = 0;
    assert!(matches!(why(door.enter(&mut key, 12)), PasskeyError::Refused(_)), "counted already");
}

#[test]
fn wrong_passkeys_and_wrong_passwords_count_together() {
    let mut door = Door::new();
    let mut key = Authenticator::new(1, ORIGIN);
    door.add("ani", &mut key).unwrap();
    let ani = login("ani");
    let attempt = Attempt {
        login: &ani,
        password_is_right: false,
        number: "",
        browser: "uji",
        address: "192.0.2.1",
    };
    for _ in 0..2 {
        let wrong = door.people.sign_in(&attempt, at(10), &mut door.random);
        assert!(matches!(wrong, SignIn::Wrong), "{wrong:?}");
    }
    key.recognises = false;
    for _ in 0..2 {
        why(door.enter(&mut key, 10));
    }
    assert!(matches!(door.enter(&mut key, 10), Entered::Wait(30)));
    key.recognises = true;
    assert!(matches!(door.enter(&mut key, 20), Entered::Wait(20)), "not even a right one");
    let right = Attempt { password_is_right: true, ..attempt };
    let waits = door.people.sign_in(&right, at(20), &mut door.random);
    assert!(matches!(waits, SignIn::Wait(20)), "nor a right password");
    assert!(matches!(door.enter(&mut key, 41), Entered::In(_)));
}

#[test]
fn who_is_out_stays_out_and_a_new_link_forgets_passkeys() {
    let mut door = Door::new();
    let mut key = Authenticator::new(1, ORIGIN);
    door.add("ani", &mut key).unwrap();
    let ani = login("ani");
    let grant = door.people.person(&ani).unwrap().grant();
    door.people.change(&ani, grant, false).unwrap();
    assert_eq!(why(door.enter(&mut key, 10)), PasskeyError::Unknown);
    door.people.change(&ani, grant, true).unwrap();
    assert!(matches!(door.enter(&mut key, 11), Entered::In(_)));
    let link = door.people.invite(&ani, at(12), &mut door.random).unwrap();
    assert!(matches!(door.enter(&mut key, 13), Entered::In(_)), "until the link is used");
    door.people.accept(link.reveal(), "new".to_owned(), at(14)).unwrap();
    assert_eq!(why(door.enter(&mut key, 15)), PasskeyError::Unknown);
}

#[test]
fn a_passkey_is_added_within_the_session_that_asked_for_it() {
    let mut door = Door::new();
    let mut key = Authenticator::new(1, ORIGIN);
    let candidate = door.people.candidate(&login("ani"), &mut door.random).unwrap();
    let begin = |door: &mut Door, seconds| {
        let session = Door::session();
        door.challenges.begin_adding(&place(), &candidate, session, at(seconds)).unwrap()
    };
    let told = begin(&mut door, 0);
    assert!(!told.contains("hash"), "{told}");
    // Authenticators that know no such policy (CTAP 2.0) are taken as well.
    assert!(!told.contains("redentialProtectionPolicy"), "{told}");
    let answer = key.create(&told);
    let other = SecretDigest::of("sesi lain");
    let elsewhere = door.challenges.end_adding(&answer, &place(), other, at(1));
    assert_eq!(elsewhere, Err(PasskeyError::NoChallenge));
    let told = begin(&mut door, 2);
    let answer = key.create(&told);
    let late = door.challenges.end_adding(&answer, &place(), Door::session(), at(2 + PATIENCE));
    assert_eq!(late, Err(PasskeyError::NoChallenge));
    door.add("ani", &mut key).unwrap();
    // An authenticator is told what it has made already; one that does not care is refused.
    let candidate = door.people.candidate(&login("ani"), &mut door.random).unwrap();
    let told = door.challenges.begin_adding(&place(), &candidate, Door::session(), at(3)).unwrap();
    let id = &door.people.person(&login("ani")).unwrap().passkeys[0].id;
    let excluded: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(excluded["excludeCredentials"][0]["id"], **id);
    assert_eq!(door.add("budi", &mut key), Err(PasskeyError::Taken.into()));
}

#[test]
fn adding_asks_for_password_and_second_factor() {
    let mut door = Door::new();
    let (people, ani) = (&mut door.people, login("ani"));
    assert_eq!(people.confirm(&ani, false, "", at(0)), Err(AccessError::WrongPassword));
    assert_eq!(people.confirm(&ani, true, "", at(0)), Ok(()));
    let enrolment = Enrolment::new(&mut door.random);
    let number = enrolment.number(at(0)).unwrap();
    let codes = people.set_second(&ani, enrolment, &number, at(0), &mut door.random).unwrap();
    assert_eq!(people.confirm(&ani, true, "", at(1)), Err(AccessError::WrongNumber));
    assert_eq!(people.confirm(&ani, true, &codes[0], at(1)), Ok(()));
    for _ in 0..4 {
        assert_eq!(people.confirm(&ani, true, "123456", at(1)), Err(AccessError::WrongNumber));
    }
    assert_eq!(people.confirm(&ani, false, "", at(1)), Err(AccessError::Wait(30)));
    assert_eq!(people.confirm(&ani, true, &codes[1], at(2)), Err(AccessError::Wait(29)));
}

#[test]
fn nobody_has_more_than_enough() {
    let mut door = Door::new();
    for seed in 1..=EACH as u8 {
        door.add("ani", &mut Authenticator::new(seed, ORIGIN)).unwrap();
    }
    let more = door.people.candidate(&login("ani"), &mut door.random);
    assert_eq!(more.err(), Some(PasskeyError::TooMany.into()));
    door.people.forget_passkeys(&login("ani")).unwrap();
    assert!(door.people.candidate(&login("ani"), &mut door.random).is_ok());
}

#[test]
fn passkeys_count_where_browsers_know_them() {
    for (address, id, origin) in [
        (ORIGIN, "arsip.contoh.example", ORIGIN),
        ("https://Arsip.Contoh.example/", "arsip.contoh.example", ORIGIN),
        ("https://arsip.contoh.example:443/x", "arsip.contoh.example", ORIGIN),
        ("https://a.example:8443", "a.example", "https://a.example:8443"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
        ("http://localhost:80", "localhost", "http://localhost"),
    ] {
        let place = Place::of(address).unwrap_or_else(|| panic!("{address}"));
        assert_eq!((place.id.as_ref(), &*place.origin), (id, origin));
    }
    for bad in [
        "http://arsip.contoh.example",
        "http://127.0.0.1:8080",
        "https://192.0.2.1",
        "https://[2001:db8::1]",
        "https://ani@a.example",
        "https://a.example:x",
        "https://a.example.",
        "https://",
        "ftp://a.example",
        "arsip.contoh.example",
    ] {
        assert_eq!(Place::of(bad), None, "{bad}");
    }
}
