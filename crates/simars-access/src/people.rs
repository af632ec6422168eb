//! Who works here: added, invited, signed in, locked out for a while, gone.
//!
//! Everything is decided on values; [`crate::keep`] writes what changed to the disk. What takes
//! long (passwords) is computed by the caller between two calls, so that nobody waits for it.

mod invitation;
pub mod passkey;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use simars_record::Timestamp;
use simars_record::unit::UnitError;

use crate::decide::Grant;
use crate::passkey::PasskeyError;
use crate::password::{self, Weak};
use crate::person::{ApiKey, Invitation, LoginName, Person};
use crate::role::{Role, Roles};
use crate::second::{Enrolment, SecondFactor};
use crate::secret::{Random, Secret, SecretDigest};
use crate::session::{LONGEST, Session};

/// How long a link lets somebody choose a password, in seconds: three days.
pub const INVITATION: u64 = 3 * 86_400;
/// Wrong passwords before somebody has to wait.
const FREE_TRIES: u32 = 5;
/// How long the first wait is, in seconds; each further wrong password doubles it.
const FIRST_WAIT: u64 = 30;
/// The longest wait: a lock for good would let anybody keep anybody out.
const LONGEST_WAIT: u64 = 15 * 60;
/// Names remembered for wrong passwords at a time.
const REMEMBERED: usize = 10_000;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The name belongs to somebody already.
    #[error("{0} is somebody already; choose another name")]
    Taken(LoginName),
    /// There is nobody of this name.
    #[error("there is nobody called {0}; `simars user list` shows everybody")]
    Nobody(LoginName),
    /// The last administrator cannot go.
    #[error("{0} is the only administrator; give somebody else that role first")]
    LastAdministrator(LoginName),
    /// A person without a role could do nothing.
    #[error(
        "at least one role is needed: administrator, archivist, approver, officer, reader or verifier"
    )]
    NoRole,
    /// The link was used, is too old, or was never given.
    #[error("this link does not work any more; ask an administrator for another")]
    NoInvitation,
    /// The password is not taken.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// The name cannot be one.
    #[error("use 2 to 32 of a-z, 0-9, dot and hyphen, first a letter")]
    BadName,
    /// The unit cannot be one.
    #[error("use 1 to 8 of A-Z, 0-9 and hyphen for a unit, the first a letter")]
    BadUnit,
    /// The two passwords that were typed differ.
    #[error("the two passwords differ")]
    Different,
    /// The password is not the right one.
    #[error("the password is not right")]
    WrongPassword,
    /// The number does not fit the second factor.
    #[error("the number is not right; is the telephone's clock?")]
    WrongNumber,
    /// Too many were not.
    #[error("too many wrong ones; wait {0} seconds")]
    Wait(u64),
    /// The passkey is not taken.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
}

impl From<UnitError> for AccessError {
    fn from(_: UnitError) -> Self {
        Self::BadUnit
    }
}

/// What came of signing in.
#[derive(Debug)]
pub enum SignIn {
    /// The secret for the browser's cookie.
    In(Secret),
    /// Name and password are right; the number of the second factor is missing or wrong.
    Second,
    /// Name or password is wrong; nobody is told which.
    Wrong,
    /// Too many wrong ones: wait so many seconds.
    Wait(u64),
}

/// Somebody who wants to sign in.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// The name.
    pub login: &'a LoginName,
    /// Whether the password was right for what [`People::password_of`] gave.
    pub password_is_right: bool,
    /// The number or the recovery code; empty for none.
    pub number: &'a str,
    /// The browser, as it calls itself.
    pub browser: &'a str,
    /// Where from.
    pub address: &'a str,
}

/// Who works here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct People {
    people: BTreeMap<LoginName, Person>,
    sessions: Vec<Session>,
    /// The link for the first administrator, who chooses a name as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<Invitation>,
    #[serde(skip)]
    wrong: HashMap<LoginName, Wrong>,
}

/// Wrong passwords in a row, and when the last one was.
#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    last: Timestamp,
}

impl Wrong {
    /// How long to wait, in seconds.
    fn wait(self, now: Timestamp) -> Option<u64> {
        let over = self.times.checked_sub(FREE_TRIES)?;
        let wait = FIRST_WAIT.saturating_mul(1 << over.min(10)).min(LONGEST_WAIT);
        let until = self.last.unix() + wait;
        until.checked_sub(now.unix()).filter(|left| *left > 0)
    }
}

impl People {
    /// Everybody, by name.
    pub fn all(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Somebody.
    pub fn person(&self, login: &LoginName) -> Option<&Person> {
        self.people.get(login)
    }

    /// Whether nobody can look after people yet: then the first administrator is invited.
    pub fn needs_administrator(&self) -> bool {
        !self.administrators().any(Person::has_password)
    }

    fn administrators(&self) -> impl Iterator<Item = &Person> {
        let one = |person: &&Person| person.active && person.roles.has(Role::Administrator);
        self.people.values().filter(one)
    }

    /// Adds somebody and invites them: the secret is the end of the link they are to open.
    ///
    /// # Errors
    /// If the name is taken, or there is no role.
    pub fn add(
        &mut self,
        login: LoginName,
        name: &str,
        grant: Grant,
        now: Timestamp,
        random: Random<'_>,
    ) -> Result<Secret, AccessError> {
        if self.people.contains_key(&login) {
            return Err(AccessError::Taken(login));
        }
        if grant.roles.is_empty() {
            return Err(AccessError::NoRole);
        }
        let name: String = name.trim().chars().take(100).collect();
        let person = Person {
            name: if name.is_empty() { login.to_string() } else { name },
            login: login.clone(),
            roles: grant.roles,
            clearance: grant.clearance,
            unit: grant.unit,
            active: true,
            password: None,
            subject: None,
            second: None,
            handle: None,
            passkeys: Vec::new(),
            invitation: None,
            keys: Vec::new(),
            added: now,
        };
        self.people.insert(login.clone(), person);
        self.invite(&login, now, random)
    }

    /// Changes what somebody may do. Sessions go on with what they may do now.
    ///
    /// # Errors
    /// If there is nobody of this name, no role, or no administrator would be left.
    pub fn change(
        &mut self,
        login: &LoginName,
        grant: Grant,
        active: bool,
    ) -> Result<(), AccessError> {
        let Grant { roles, clearance, unit } = grant;
        if roles.is_empty() {
            return Err(AccessError::NoRole);
        }
        let others = self.administrators().any(|person| person.login != *login);
        let person = self.known(login)?;
        let was = person.active && person.roles.has(Role::Administrator);
        if was && !others && !(active && roles.has(Role::Administrator)) {
            return Err(AccessError::LastAdministrator(login.clone()));
        }
        (person.roles, person.clearance, person.unit) = (roles, clearance, unit);
        person.active = active;
        if !active {
            person.invitation = None;
            self.end_sessions(login);
        }
        Ok(())
    }

    /// What is kept of somebody's password, to be compared with what they typed by
    /// [`password::is_right`]; or how many seconds to wait before trying again.
    ///
    /// # Errors
    /// The seconds to wait.
    pub fn password_of(&self, login: &LoginName, now: Timestamp) -> Result<Option<String>, u64> {
        if let Some(wait) = self.wrong.get(login).and_then(|wrong| wrong.wait(now)) {
            return Err(wait);
        }
        let person = self.people.get(login).filter(|person| person.active);
        Ok(person.and_then(|person| person.password.clone()))
    }

    /// Signs somebody in, if everything is right.
    pub fn sign_in(&mut self, attempt: &Attempt<'_>, now: Timestamp, random: Random<'_>) -> SignIn {
        // Asked again: several may have tried while the password was computed.
        let Ok(kept) = self.password_of(attempt.login, now) else {
            return SignIn::Wait(self.wait(attempt.login, now));
        };
        if !attempt.password_is_right || kept.is_none() {
            return self.note_wrong(attempt.login, now);
        }
        let second = self.people.get_mut(attempt.login).and_then(|person| person.second.as_mut());
        if let Some(second) = second {
            if attempt.number.trim().is_empty() {
                return SignIn::Second;
            }
            if !second.take(attempt.number, now) {
                return match self.note_wrong(attempt.login, now) {
                    SignIn::Wrong => SignIn::Second,
                    wait => wait,
                };
            }
        }
        self.wrong.remove(attempt.login);
        SignIn::In(self.begin(attempt.login, (attempt.browser, attempt.address), now, random))
    }

    /// Lets somebody in who signed in somewhere else. The first time, they are bound to the account
    /// they came with; `None` if there is nobody of this name, or they are bound to another one.
    pub fn sign_in_from(
        &mut self,
        login: &LoginName,
        subject: &str,
        (browser, address): (&str, &str),
        now: Timestamp,
        random: Random<'_>,
    ) -> Option<Secret> {
        let person = self.people.get_mut(login).filter(|person| person.active)?;
        if person.subject.get_or_insert_with(|| subject.to_owned()) != subject {
            return None;
        }
        Some(self.begin(login, (browser, address), now, random))
    }

    fn begin(
        &mut self,
        login: &LoginName,
        (browser, address): (&str, &str),
        now: Timestamp,
        random: Random<'_>,
    ) -> Secret {
        self.sessions.retain(|session| !session.is_over(now));
        let secret = Secret::new(random);
        self.sessions.push(Session {
            secret: secret.digest(),
            login: login.clone(),
            since: now,
            last: now,
            browser: browser.chars().take(120).collect(),
            address: address.chars().take(45).collect(),
        });
        secret
    }

    fn wait(&self, login: &LoginName, now: Timestamp) -> u64 {
        self.wrong.get(login).and_then(|wrong| wrong.wait(now)).unwrap_or(1)
    }

    fn note_wrong(&mut self, login: &LoginName, now: Timestamp) -> SignIn {
        if self.wrong.len() >= REMEMBERED && !self.wrong.contains_key(login) {
            self.wrong.retain(|_, wrong| wrong.wait(now).is_some());
        }
        let wrong = self.wrong.entry(login.clone()).or_insert(Wrong { times: 0, last: now });
        // Who made mistakes long ago begins anew.
        let old = wrong.last.unix() + 2 * LONGEST_WAIT < now.unix();
        *wrong = Wrong { times: if old { 1 } else { wrong.times + 1 }, last: now };
        wrong.wait(now).map_or(SignIn::Wrong, SignIn::Wait)
    }

    /// Who shows this secret of a session, and the session. Notes the request.
    pub fn session(&mut self, shown: &str, now: Timestamp) -> Option<(&Person, &Session)> {
        let digest = SecretDigest::of(shown);
        let session = self.sessions.iter_mut().find(|session| session.secret == digest)?;
        if session.is_over(now) {
            return None;
        }
        session.touch(now);
        let person = self.people.get(&session.login).filter(|person| person.active)?;
        Some((person, session))
    }

    /// Somebody's sessions, newest first.
    pub fn sessions_of(&self, login: &LoginName, now: Timestamp) -> Vec<&Session> {
        let own = |session: &&Session| session.login == *login && !session.is_over(now);
        let mut sessions: Vec<&Session> = self.sessions.iter().filter(own).collect();
        sessions.reverse();
        sessions
    }

    /// Ends one session of somebody, by the short name of its secret.
    pub fn end_session(&mut self, login: &LoginName, short: &str) {
        self.sessions.retain(|session| session.login != *login || session.secret.short() != short);
    }

    /// Ends all sessions of somebody.
    pub fn end_sessions(&mut self, login: &LoginName) {
        self.sessions.retain(|session| session.login != *login);
    }

    /// Gives somebody another password and ends their other sessions.
    ///
    /// # Errors
    /// If there is nobody of this name.
    pub fn set_password(
        &mut self,
        login: &LoginName,
        hash: String,
        this_session: SecretDigest,
    ) -> Result<(), AccessError> {
        self.known(login)?.password = Some(hash);
        self.sessions.retain(|session| session.login != *login || session.secret == this_session);
        Ok(())
    }

    /// Sets up a second factor; gives the codes to write down.
    ///
    /// # Errors
    /// If there is nobody of this name, or the number does not fit.
    pub fn set_second(
        &mut self,
        login: &LoginName,
        enrolment: Enrolment,
        number: &str,
        now: Timestamp,
        random: Random<'_>,
    ) -> Result<Vec<String>, AccessError> {
        let person = self.known(login)?;
        let (second, codes) =
            enrolment.confirm(number, now, random).ok_or(AccessError::WrongNumber)?;
        person.second = Some(second);
        Ok(codes)
    }

    /// Takes away somebody's second factor, if they show a number of it.
    ///
    /// # Errors
    /// If the number does not fit.
    pub fn remove_second(
        &mut self,
        login: &LoginName,
        number: &str,
        now: Timestamp,
    ) -> Result<(), AccessError> {
        let person = self.known(login)?;
        let second: Option<&mut SecondFactor> = person.second.as_mut();
        if second.is_some_and(|second| second.take(number, now)) {
            person.second = None;
            return Ok(());
        }
        Err(AccessError::WrongNumber)
    }

    /// Makes a key for a program, with some of its owner's roles, for so many days.
    ///
    /// # Errors
    /// If there is nobody of this name, or no role of theirs is among the wanted ones.
    pub fn add_key(
        &mut self,
        login: &LoginName,
        label: &str,
        (roles, days): (Roles, u32),
        now: Timestamp,
        random: Random<'_>,
    ) -> Result<Secret, AccessError> {
        let person = self.known(login)?;
        let roles = roles.and(person.roles);
        if roles.is_empty() {
            return Err(AccessError::NoRole);
        }
        let secret = Secret::new(random);
        let until = Timestamp::from_unix(now.unix() + u64::from(days) * 86_400);
        let label = label.trim().chars().take(60).collect();
        person.keys.retain(|key| key.until > now);
        person.keys.push(ApiKey { secret: secret.digest(), label, roles, made: now, until });
        Ok(secret)
    }

    /// Takes a key of somebody away, by the short name of its secret.
    ///
    /// # Errors
    /// If there is nobody of this name.
    pub fn remove_key(&mut self, login: &LoginName, short: &str) -> Result<(), AccessError> {
        self.known(login)?.keys.retain(|key| key.secret.short() != short);
        Ok(())
    }

    /// Whose program shows this key, and what it may do.
    pub fn key(&self, shown: &str, now: Timestamp) -> Option<(&Person, Grant)> {
        let digest = SecretDigest::of(shown);
        let people = self.people.values().filter(|person| person.active);
        people.into_iter().find_map(|person| {
            let key = person.keys.iter().find(|key| key.secret == digest && key.until > now)?;
            let grant = Grant { roles: key.roles.and(person.roles), ..person.grant() };
            Some((person, grant))
        })
    }

    /// Becomes what it was before; wrong passwords stay counted.
    pub(crate) fn take_back(&mut self, before: Self) {
        let wrong = std::mem::take(&mut self.wrong);
        *self = Self { wrong, ..before };
    }

    fn known(&mut self, login: &LoginName) -> Result<&mut Person, AccessError> {
        self.people.get_mut(login).ok_or_else(|| AccessError::Nobody(login.clone()))
    }
}

/// How long a browser keeps the secret of a session, in seconds.
pub const COOKIE_SECONDS: u64 = LONGEST;

/// Whether a password may be taken by the person a link is for.
///
/// # Errors
/// [`AccessError::Weak`] says why not.
pub fn check_password(password: &str, login: &LoginName) -> Result<(), AccessError> {
    Ok(password::check(password, login.as_str())?)
}
