//! Passkeys of people: added by whoever shows the password once more, shown instead of it, forgotten.

use simars_record::Timestamp;

use super::{AccessError, People, SignIn};
use crate::passkey::challenge::Shown;
use crate::passkey::{Candidate, EACH, Handle, Made, PasskeyError, Place};
use crate::person::LoginName;
use crate::secret::{Random, Secret};

/// What came of showing a passkey.
#[derive(Debug)]
pub enum Entered {
    /// The secret for the browser's cookie.
    In(Secret),
    /// Too many were wrong: wait so many seconds.
    Wait(u64),
    /// It is not right. Nobody outside is told why.
    Refused(PasskeyError),
}

impl People {
    /// Whether somebody who signed in shows once more what they sign in with: the password, which was
    /// compared by the caller with what [`Self::password_of`] gave, and a number if they have a second
    /// factor. Wrong ones count as they do at the door.
    ///
    /// # Errors
    /// What is wrong, or how long to wait.
    pub fn confirm(
        &mut self,
        login: &LoginName,
        password_is_right: bool,
        number: &str,
        now: Timestamp,
    ) -> Result<(), AccessError> {
        self.confirm_password(login, password_is_right, now)?;
        if let Some(second) = self.known(login)?.second.as_mut() {
            if number.trim().is_empty() {
                return Err(AccessError::WrongNumber);
            }
            if !second.take(number, now) {
                return Err(self.wrong_again(login, AccessError::WrongNumber, now));
            }
        }
        self.wrong.remove(login);
        Ok(())
    }

    /// The same where the password alone is asked for.
    ///
    /// # Errors
    /// If it is wrong, or how long to wait.
    pub fn confirm_password(
        &mut self,
        login: &LoginName,
        is_right: bool,
        now: Timestamp,
    ) -> Result<(), AccessError> {
        let kept = self.password_of(login, now).map_err(AccessError::Wait)?;
        if is_right && kept.is_some() {
            return Ok(());
        }
        Err(self.wrong_again(login, AccessError::WrongPassword, now))
    }

    fn wrong_again(&mut self, login: &LoginName, told: AccessError, now: Timestamp) -> AccessError {
        match self.note_wrong(login, now) {
            SignIn::Wait(seconds) => AccessError::Wait(seconds),
            _ => told,
        }
    }

    /// Somebody as authenticators are told about them, who is about to make a passkey for them.
    ///
    /// # Errors
    /// If there is nobody of this name, or they have enough.
    pub fn candidate(
        &mut self,
        login: &LoginName,
        random: Random<'_>,
    ) -> Result<Candidate, AccessError> {
        let person = self.known(login)?;
        if person.passkeys.len() >= EACH {
            return Err(PasskeyError::TooMany.into());
        }
        let handle = person.handle.get_or_insert_with(|| Handle::new(random)).clone();
        let known = person.passkeys.iter().map(|passkey| passkey.id.clone()).collect();
        Ok(Candidate { handle, login: login.clone(), name: person.name.clone(), known })
    }

    /// Gives somebody a passkey that was just made.
    ///
    /// # Errors
    /// If there is nobody of this name, somebody has this passkey, or they have enough.
    pub fn add_passkey(
        &mut self,
        login: &LoginName,
        made: Made,
        label: &str,
        now: Timestamp,
    ) -> Result<(), AccessError> {
        let mut all = self.people.values().flat_map(|person| &person.passkeys);
        if all.any(|passkey| passkey.id == made.id) {
            return Err(PasskeyError::Taken.into());
        }
        let person = self.known(login)?;
        if person.passkeys.len() >= EACH {
            return Err(PasskeyError::TooMany.into());
        }
        person.passkeys.push(made.named(label, now));
        Ok(())
    }

    /// Lets whoever shows a passkey in, if it is right. Wrong ones count as wrong passwords do.
    pub fn enter(
        &mut self,
        shown: Shown,
        place: &Place,
        from: (&str, &str),
        now: Timestamp,
        random: Random<'_>,
    ) -> Entered {
        let found = self.people.values_mut().filter(|person| person.active).find_map(|person| {
            let handle = person.handle.as_ref()?;
            let passkey = person.passkeys.iter_mut().find(|one| shown.is_of(handle, one))?;
            Some((&person.login, passkey))
        });
        let Some((login, passkey)) = found else {
            return Entered::Refused(PasskeyError::Unknown);
        };
        let login = login.clone();
        if let Some(wait) = self.wrong.get(&login).and_then(|wrong| wrong.wait(now)) {
            return Entered::Wait(wait);
        }
        if let Err(error) = shown.check(place, passkey, now) {
            return match self.note_wrong(&login, now) {
                SignIn::Wait(seconds) => Entered::Wait(seconds),
                _ => Entered::Refused(error),
            };
        }
        self.wrong.remove(&login);
        Entered::In(self.begin(&login, from, now, random))
    }

    /// Forgets one passkey of somebody, by its short name.
    ///
    /// # Errors
    /// If there is nobody of this name.
    pub fn forget_passkey(&mut self, login: &LoginName, short: &str) -> Result<(), AccessError> {
        self.known(login)?.passkeys.retain(|passkey| passkey.short() != short);
        Ok(())
    }

    /// Forgets all passkeys of somebody.
    ///
    /// # Errors
    /// If there is nobody of this name.
    pub fn forget_passkeys(&mut self, login: &LoginName) -> Result<(), AccessError> {
        self.known(login)?.passkeys.clear();
        Ok(())
    }
}
