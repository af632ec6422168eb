//! Sentences for what is wrong with what somebody sent, in their language.

use simars_access::AccessError;
use simars_access::passkey::PasskeyError;
use simars_access::password::Weak;

use crate::language::Language;
use crate::texts::{fill, text};

/// What to tell somebody whose wish is not granted.
pub(super) fn sentence(language: Language, error: &AccessError) -> String {
    let key = match error {
        AccessError::Taken(_) => "staff.problem_taken",
        AccessError::BadName => "staff.problem_name",
        AccessError::Nobody(_) => "staff.problem_nobody",
        AccessError::LastAdministrator(_) => "staff.problem_last",
        AccessError::NoRole => "staff.problem_role",
        AccessError::NoInvitation => "staff.problem_link",
        AccessError::BadUnit => "staff.problem_unit",
        AccessError::Different => "staff.problem_different",
        AccessError::WrongPassword => "staff.problem_password",
        AccessError::WrongNumber => "staff.problem_number",
        AccessError::Wait(seconds) => {
            return fill(language, "staff.wait", &[("seconds", &seconds.to_string())]);
        }
        AccessError::Passkey(PasskeyError::TooMany) => "staff.problem_passkeys",
        AccessError::Passkey(PasskeyError::Taken) => "staff.problem_passkey_taken",
        AccessError::Passkey(PasskeyError::Busy) => "staff.problem_passkey_busy",
        AccessError::Passkey(_) => "staff.problem_passkey",
        AccessError::Weak(Weak::Short) => "staff.problem_short",
        AccessError::Weak(Weak::Long) => "staff.problem_long",
        AccessError::Weak(Weak::Guessed) => "staff.problem_guessed",
    };
    text(language, key).to_owned()
}
