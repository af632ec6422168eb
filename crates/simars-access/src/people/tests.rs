//! Who comes in, who does not, and what is kept of it.

use simars_record::AccessClass;

use super::*;

const T0: u64 = 1_800_000_000;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(T0 + seconds)
}

/// Bytes that never repeat.
fn counter() -> impl FnMut(&mut [u8]) {
    let mut next = 0_u64;
    move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            next += 1;
            chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
        }
    }
}

fn login(name: &str) -> LoginName {
    name.parse().unwrap()
}

fn rights_of(roles: &str, clearance: AccessClass) -> Grant {
    Grant { roles: roles.parse().unwrap(), clearance, unit: None }
}

fn with_ani(random: Random<'_>) -> People {
    let mut people = People::default();
    let rights = rights_of("administrator,archivist", AccessClass::Secret);
    let link = people.add(login("ani"), "Ani", rights, at(0), random).unwrap();
    people.accept(link.reveal(), "hash".to_owned(), at(1)).unwrap();
    people
}

fn attempt<'a>(login: &'a LoginName, right: bool, number: &'a str) -> Attempt<'a> {
    Attempt { login, password_is_right: right, number, browser: "uji", address: "192.0.2.1" }
}

#[test]
fn a_link_lets_somebody_choose_a_password_once() {
    let mut random = counter();
    let mut people = People::default();
    assert!(people.needs_administrator());
    let rights = rights_of("administrator", AccessClass::Open);
    let link = people.add(login("ani"), "", rights, at(0), &mut random).unwrap();
    assert!(people.needs_administrator(), "who has no password cannot come in");
    assert!(people.invited("wrong", at(0)).is_err());
    assert!(people.invited(link.reveal(), at(INVITATION)).is_err(), "too late");
    assert_eq!(people.invited(link.reveal(), at(5)).unwrap().login, login("ani"));
    people.accept(link.reveal(), "hash".to_owned(), at(5)).unwrap();
    assert!(!people.needs_administrator());
    assert_eq!(
        people.accept(link.reveal(), "another".to_owned(), at(6)),
        Err(AccessError::NoInvitation)
    );
    let again = people.add(login("ani"), "", rights, at(0), &mut random);
    assert_eq!(again.err(), Some(AccessError::Taken(login("ani"))));
}

#[test]
fn an_account_of_somewhere_else_is_bound_to_one_person() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let mut come = |people: &mut People, name: &str, subject: &str| {
        people.sign_in_from(&login(name), subject, ("", ""), at(2), &mut random).is_some()
    };
    assert!(!come(&mut people, "budi", "https://a.example 1"), "nobody is made up");
    assert!(come(&mut people, "ani", "https://a.example 1"));
    assert!(!come(&mut people, "ani", "https://a.example 2"), "the name is somebody else's there");
    assert!(come(&mut people, "ani", "https://a.example 1"));
    let ani = login("ani");
    let other = rights_of("administrator", AccessClass::Open);
    people.add(login("budi"), "", other, at(2), &mut counter()).unwrap();
    people.people.get_mut(&login("budi")).unwrap().password = Some("hash".to_owned());
    people.change(&ani, rights_of("reader", AccessClass::Open), false).unwrap();
    assert!(!come(&mut people, "ani", "https://a.example 1"), "who is out stays out");
}

#[test]
fn a_session_lasts_until_it_ends() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let ani = login("ani");
    let SignIn::In(secret) = people.sign_in(&attempt(&ani, true, ""), at(10), &mut random) else {
        panic!("she may come in");
    };
    assert!(people.session("something else", at(11)).is_none());
    let (person, session) = people.session(secret.reveal(), at(200)).unwrap();
    assert_eq!((person.login.as_str(), session.last), ("ani", at(200)));
    let idle = 200 + crate::session::IDLE;
    assert!(people.clone().session(secret.reveal(), at(idle - 1)).is_some());
    assert!(people.clone().session(secret.reveal(), at(idle)).is_none());
    // Asking all the time does not make it last for ever.
    for hour in 1..12 {
        assert!(people.session(secret.reveal(), at(hour * 3_600)).is_some(), "{hour}");
    }
    assert!(people.session(secret.reveal(), at(10 + LONGEST)).is_none());
}

#[test]
fn who_goes_is_out_at_once() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let (ani, budi) = (login("ani"), login("budi"));
    let rights = rights_of("archivist", AccessClass::Open);
    let link = people.add(budi.clone(), "Budi", rights, at(0), &mut random).unwrap();
    people.accept(link.reveal(), "hash".to_owned(), at(1)).unwrap();
    let SignIn::In(secret) = people.sign_in(&attempt(&budi, true, ""), at(2), &mut random) else {
        panic!("he may come in");
    };
    let key = people
        .add_key(&budi, "pemindai", ("archivist,reader".parse().unwrap(), 30), at(3), &mut random)
        .unwrap();
    let (_, grant) = people.key(key.reveal(), at(4)).unwrap();
    assert_eq!(grant.roles, "archivist".parse().unwrap(), "no more than its owner has");
    assert!(people.key(key.reveal(), at(31 * 86_400)).is_none());

    people.change(&budi, rights_of("officer", AccessClass::Open), true).unwrap();
    let (_, grant) = people.key(key.reveal(), at(4)).unwrap();
    assert!(grant.roles.is_empty(), "the key follows what its owner may do");
    people.change(&budi, rights_of("officer", AccessClass::Open), false).unwrap();
    assert!(people.session(secret.reveal(), at(5)).is_none());
    assert!(people.key(key.reveal(), at(5)).is_none());
    assert_eq!(people.password_of(&budi, at(6)), Ok(None));

    let gone = people.change(&ani, rights_of("archivist", AccessClass::Open), true);
    assert_eq!(gone, Err(AccessError::LastAdministrator(ani)));
}

#[test]
fn guessing_takes_ever_longer() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let ani = login("ani");
    for _ in 1..FREE_TRIES {
        let wrong = people.sign_in(&attempt(&ani, false, ""), at(0), &mut random);
        assert!(matches!(wrong, SignIn::Wrong));
    }
    let wrong = people.sign_in(&attempt(&ani, false, ""), at(0), &mut random);
    assert!(matches!(wrong, SignIn::Wait(30)), "{wrong:?}");
    let right = people.sign_in(&attempt(&ani, true, ""), at(10), &mut random);
    assert!(matches!(right, SignIn::Wait(20)), "not even the right one: {right:?}");
    assert_eq!(people.password_of(&ani, at(10)), Err(20));
    let wrong = people.sign_in(&attempt(&ani, false, ""), at(30), &mut random);
    assert!(matches!(wrong, SignIn::Wait(60)));
    // It ends by itself, so that nobody can keep somebody out for good.
    let right = people.sign_in(&attempt(&ani, true, ""), at(30 + LONGEST_WAIT), &mut random);
    assert!(matches!(right, SignIn::In(_)));
    // Names that nobody has are treated the same.
    let nobody = login("nobody");
    let wrong = people.sign_in(&attempt(&nobody, false, ""), at(0), &mut random);
    assert!(matches!(wrong, SignIn::Wrong));
}

#[test]
fn with_a_second_factor_the_password_is_not_enough() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let ani = login("ani");
    let enrolment = Enrolment::new(&mut random);
    let wrong = people.set_second(&ani, enrolment.clone(), "123", at(0), &mut random);
    assert_eq!(wrong, Err(AccessError::WrongNumber));
    let number = enrolment.number(at(0)).unwrap();
    let codes = people.set_second(&ani, enrolment, &number, at(0), &mut random).unwrap();
    for (number, comes_in) in [
        ("", false),
        (number.as_str(), false),
        (codes[1].as_str(), true),
        (codes[1].as_str(), false),
    ] {
        let came = people.sign_in(&attempt(&ani, true, number), at(1), &mut random);
        assert_eq!(matches!(came, SignIn::In(_)), comes_in, "{number} {came:?}");
    }
    assert!(people.remove_second(&ani, "000000", at(2)).is_err());
    people.remove_second(&ani, &codes[0], at(2)).unwrap();
    let came = people.sign_in(&attempt(&ani, true, ""), at(3), &mut random);
    assert!(matches!(came, SignIn::In(_)));
}

#[test]
fn another_password_ends_the_other_sessions() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let ani = login("ani");
    let mut sign_in = |people: &mut People, seconds| match people.sign_in(
        &attempt(&ani, true, ""),
        at(seconds),
        &mut random,
    ) {
        SignIn::In(secret) => secret,
        other => panic!("{other:?}"),
    };
    let (one, other) = (sign_in(&mut people, 1), sign_in(&mut people, 2));
    assert_eq!(people.sessions_of(&ani, at(3)).len(), 2);
    people.set_password(&ani, "new".to_owned(), other.digest()).unwrap();
    assert!(people.session(one.reveal(), at(3)).is_none());
    assert!(people.session(other.reveal(), at(3)).is_some());
    people.end_session(&ani, &other.digest().short());
    assert!(people.session(other.reveal(), at(3)).is_none());
}

#[test]
fn what_is_kept_holds_no_secret() {
    let mut random = counter();
    let mut people = with_ani(&mut random);
    let ani = login("ani");
    let SignIn::In(session) = people.sign_in(&attempt(&ani, true, ""), at(1), &mut random) else {
        panic!("she may come in");
    };
    let roles = "archivist".parse().unwrap();
    let key = people.add_key(&ani, "x", (roles, 1), at(1), &mut random).unwrap();
    let link = people.invite(&ani, at(1), &mut random).unwrap();
    let json = serde_json::to_string(&people).unwrap();
    for secret in [&session, &key, &link] {
        assert!(!json.contains(secret.reveal()), "{json}");
    }
    let back: People = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
}

#[test]
fn the_first_administrator_chooses_a_name_too() {
    let mut random = counter();
    let mut people = People::default();
    let old = people.invite_first(at(0), &mut random);
    let link = people.invite_first(at(1), &mut random);
    assert!(!people.is_first(old.reveal(), at(2)), "only the newest link works");
    assert!(people.is_first(link.reveal(), at(2)));
    assert!(!people.is_first(link.reveal(), at(1 + INVITATION)));
    let mut accept = |people: &mut People| {
        people.accept_first(link.reveal(), (login("ani"), "Ani"), "hash".into(), at(2), &mut random)
    };
    assert_eq!(accept(&mut people), Ok(login("ani")));
    assert_eq!(accept(&mut people), Err(AccessError::NoInvitation));
    let ani = people.person(&login("ani")).unwrap();
    assert!(ani.roles.has(Role::Administrator) && ani.clearance == AccessClass::TopSecret);
}
