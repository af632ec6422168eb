//! Links with which people choose a password: nobody is ever given one.

use simars_record::{AccessClass, Timestamp};

use super::{AccessError, INVITATION, People};
use crate::decide::Grant;
use crate::person::{Invitation, LoginName, Person};
use crate::role::Role;
use crate::secret::{Random, Secret, SecretDigest};

impl People {
    /// A new link for the first administrator, who has no name yet; the one before ends.
    pub fn invite_first(&mut self, now: Timestamp, random: Random<'_>) -> Secret {
        let secret = Secret::new(random);
        let until = Timestamp::from_unix(now.unix() + INVITATION);
        self.first = Some(Invitation { secret: secret.digest(), until });
        secret
    }

    /// Whether this is the link of the first administrator.
    pub fn is_first(&self, shown: &str, now: Timestamp) -> bool {
        let first = self.first.as_ref().filter(|first| first.until > now);
        self.needs_administrator()
            && first.is_some_and(|first| first.secret == SecretDigest::of(shown))
    }

    /// Makes whoever has the link the first administrator, who may do everything: it is for them
    /// to add others and to give up what they do not need.
    ///
    /// # Errors
    /// If the link does not work, or the name is taken.
    pub fn accept_first(
        &mut self,
        shown: &str,
        (login, name): (LoginName, &str),
        hash: String,
        now: Timestamp,
        random: Random<'_>,
    ) -> Result<LoginName, AccessError> {
        if !self.is_first(shown, now) {
            return Err(AccessError::NoInvitation);
        }
        let roles = [Role::Administrator, Role::Archivist, Role::Approver].into_iter().collect();
        let rights = Grant { roles, clearance: AccessClass::TopSecret, unit: None };
        let link = self.add(login, name, rights, now, random)?;
        self.first = None;
        self.accept(link.reveal(), hash, now)
    }

    /// Gives somebody a new link to choose a password with. The password, the second factor and the
    /// passkeys they have count until then; after it only the new password does.
    ///
    /// # Errors
    /// If there is nobody of this name.
    pub fn invite(
        &mut self,
        login: &LoginName,
        now: Timestamp,
        random: Random<'_>,
    ) -> Result<Secret, AccessError> {
        let person = self.known(login)?;
        let secret = Secret::new(random);
        let until = Timestamp::from_unix(now.unix() + INVITATION);
        person.invitation = Some(Invitation { secret: secret.digest(), until });
        Ok(secret)
    }

    /// Who may choose a password with this link.
    ///
    /// # Errors
    /// If nobody may.
    pub fn invited(&self, shown: &str, now: Timestamp) -> Result<&Person, AccessError> {
        let digest = SecretDigest::of(shown);
        let fits = |person: &&Person| {
            let invitation = person.invitation.as_ref();
            person.active && invitation.is_some_and(|one| one.secret == digest && one.until > now)
        };
        self.people.values().find(fits).ok_or(AccessError::NoInvitation)
    }

    /// Takes the password that somebody chose with a link: `hash` is what [`crate::password::hash`] made
    /// of it. Ends all their sessions and takes away their second factor and their passkeys: the link is
    /// for those who lost any of them.
    ///
    /// # Errors
    /// If the link does not work.
    pub fn accept(
        &mut self,
        shown: &str,
        hash: String,
        now: Timestamp,
    ) -> Result<LoginName, AccessError> {
        let login = self.invited(shown, now)?.login.clone();
        let person = self.known(&login)?;
        person.password = Some(hash);
        person.second = None;
        person.passkeys.clear();
        person.subject = None;
        person.invitation = None;
        self.end_sessions(&login);
        self.wrong.remove(&login);
        Ok(login)
    }
}
