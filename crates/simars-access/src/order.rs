//! Orders about people as the command line and the API give them: one JSON object each.

use serde::{Deserialize, Serialize};
use simars_record::{AccessClass, Timestamp, Unit, UnitChoice};

use crate::decide::Grant;
use crate::people::{AccessError, People};
use crate::person::{LoginName, Person};
use crate::role::Roles;
use crate::secret::Random;

/// What is to be done about somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// Add somebody and make a link for them.
    Add {
        /// What they sign in with.
        login: LoginName,
        /// How others call them.
        #[serde(default)]
        name: String,
        /// What they are there for.
        roles: Roles,
        /// The most closed class they may see.
        #[serde(default)]
        clearance: AccessClass,
        /// The unit they work for.
        #[serde(default)]
        unit: UnitChoice,
    },
    /// Change what somebody may do; what is left out stays.
    Change {
        /// Who.
        login: LoginName,
        /// What they are there for.
        roles: Option<Roles>,
        /// The most closed class they may see.
        clearance: Option<AccessClass>,
        /// The unit they work for.
        unit: Option<UnitChoice>,
        /// Whether they may sign in.
        active: Option<bool>,
    },
    /// Make a new link for somebody, who chooses a new password with it.
    Invite {
        /// Who.
        login: LoginName,
    },
    /// End all sessions of somebody.
    EndSessions {
        /// Who.
        login: LoginName,
    },
    /// Forget all passkeys of somebody, who lost what holds them.
    ForgetPasskeys {
        /// Who.
        login: LoginName,
    },
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Whom it was about.
    pub person: Summary,
    /// The path of the link with which they choose a password, if one was made. Told only now.
    pub invitation: Option<String>,
}

/// What administrators see of somebody: nothing with which anybody could sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What they sign in with.
    pub login: LoginName,
    /// How others call them.
    pub name: String,
    /// What they are there for.
    pub roles: Roles,
    /// The most closed class they may see.
    pub clearance: AccessClass,
    /// The unit they work for; left out for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Whether they may sign in.
    pub active: bool,
    /// Whether they have chosen a password.
    pub password: bool,
    /// Whether they have a second factor.
    pub second_factor: bool,
    /// How many passkeys they have.
    #[serde(default)]
    pub passkeys: usize,
    /// Until when they may use the link they were given.
    pub invited_until: Option<Timestamp>,
    /// How many keys of programs they have.
    pub keys: usize,
}

impl Summary {
    /// What administrators see of this person.
    pub fn of(person: &Person, now: Timestamp) -> Self {
        Self {
            login: person.login.clone(),
            name: person.name.clone(),
            roles: person.roles,
            clearance: person.clearance,
            unit: person.unit,
            active: person.active,
            password: person.has_password(),
            second_factor: person.second_factor().is_some(),
            passkeys: person.passkeys.len(),
            invited_until: person.invited_until(now),
            keys: person.keys.iter().filter(|key| key.until > now).count(),
        }
    }
}

impl Order {
    /// Does it.
    ///
    /// # Errors
    /// [`AccessError`] says why not; then nothing was done.
    pub fn carry_out(
        self,
        people: &mut People,
        now: Timestamp,
        random: Random<'_>,
    ) -> Result<Done, AccessError> {
        let (login, secret) = match self {
            Self::Add { login, name, roles, clearance, unit } => {
                let grant = Grant { roles, clearance, unit: unit.0 };
                let secret = people.add(login.clone(), &name, grant, now, random)?;
                (login, Some(secret))
            }
            Self::Invite { login } => {
                let secret = people.invite(&login, now, random)?;
                (login, Some(secret))
            }
            Self::Change { login, roles, clearance, unit, active } => {
                let nobody = || AccessError::Nobody(login.clone());
                let person = people.person(&login).ok_or_else(nobody)?;
                let roles = roles.unwrap_or(person.roles);
                let clearance = clearance.unwrap_or(person.clearance);
                let active = active.unwrap_or(person.active);
                let unit = unit.map_or(person.unit, |unit| unit.0);
                people.change(&login, Grant { roles, clearance, unit }, active)?;
                (login, None)
            }
            Self::EndSessions { login } => {
                people.end_sessions(&login);
                (login, None)
            }
            Self::ForgetPasskeys { login } => {
                people.forget_passkeys(&login)?;
                (login, None)
            }
        };
        let invitation = secret.map(|secret| format!("/petugas/undangan/{}", secret.reveal()));
        let person = people.person(&login).ok_or(AccessError::Nobody(login))?;
        Ok(Done { person: Summary::of(person, now), invitation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_carried_out() {
        let mut people = People::default();
        let now = Timestamp::from_unix(1_800_000_000);
        let mut random = |bytes: &mut [u8]| bytes.fill(3);
        let mut order = |json: &str| {
            let order: Order = serde_json::from_str(json).unwrap();
            order.carry_out(&mut people, now, &mut random)
        };
        let add = r#"{"order":"add","login":"ani","roles":["archivist"],"clearance":"terbatas"}"#;
        let done = order(add).unwrap();
        assert!(done.invitation.unwrap().starts_with("/petugas/undangan/0303"));
        assert!(order(add).is_err());
        let done = order(r#"{"order":"change","login":"ani","active":false}"#).unwrap();
        assert_eq!(done.person.clearance, AccessClass::Restricted);
        assert!(!done.person.active && done.person.invited_until.is_none());
        assert!(order(r#"{"order":"invite","login":"budi"}"#).is_err());
        assert!(order(r#"{"order":"end-sessions","login":"ani"}"#).is_ok());
        let done = order(r#"{"order":"forget-passkeys","login":"ani"}"#).unwrap();
        assert_eq!(done.person.passkeys, 0);
        assert!(order(r#"{"order":"forget-passkeys","login":"budi"}"#).is_err());
        assert!(
            serde_json::from_str::<Order>(r#"{"order":"change","login":"ani","rolls":1}"#).is_err()
        );
    }
}
