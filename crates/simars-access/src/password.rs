//! Passwords: how long, and how one is recognised without being kept (argon2id, RFC 9106).

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};

use crate::secret::Random;

/// The shortest password, in characters. Length counts, signs and digits do not (NIST SP 800-63B
/// §3.1.1).
pub const SHORTEST: usize = 12;
/// The longest, in bytes: hashing must not be made to take long by its input.
pub const LONGEST_BYTES: usize = 512;
/// Memory in KiB, rounds, lanes: 46 MiB and one round, one of the choices of the OWASP password
/// storage cheat sheet; about 50 ms on one processor.
const COST: (u32, u32, u32) = (47_104, 1, 1);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short.
    #[error("a password needs at least {SHORTEST} characters; several words are easy to remember")]
    Short,
    /// Too long.
    #[error("a password may have at most {LONGEST_BYTES} bytes")]
    Long,
    /// Of few different characters, or made of the name of whoever it belongs to.
    #[error("this password is easily guessed; take several words that do not belong together")]
    Guessed,
}

/// Whether a password may be taken by somebody of this name.
///
/// # Errors
/// [`Weak`] says why not.
pub fn check(password: &str, name: &str) -> Result<(), Weak> {
    if password.len() > LONGEST_BYTES {
        return Err(Weak::Long);
    }
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    if letters.len() < SHORTEST {
        return Err(Weak::Short);
    }
    let different: std::collections::BTreeSet<&char> = letters.iter().collect();
    let mut rest = password.to_lowercase();
    for word in ["password", "katasandi", "simars", "kpu", "123456", "qwerty", name] {
        if !word.is_empty() {
            rest = rest.replace(&word.to_lowercase(), "");
        }
    }
    let few = rest.chars().filter(|one| one.is_alphanumeric()).count() < SHORTEST / 2;
    if different.len() < 5 || few { Err(Weak::Guessed) } else { Ok(()) }
}

/// What is kept of a password: its hash with salt and cost, in the PHC string format. Takes long
/// on purpose.
pub fn hash(password: &str, random: Random<'_>) -> String {
    let mut salt = [0; 16];
    random(&mut salt);
    let hashed = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    // Cost, salt and length are fixed and valid. Were they not, no password would fit.
    hashed.map_or_else(|_| String::new(), |hash| hash.to_string())
}

/// Whether a password is the one that `kept` was made of. Takes as long if nothing is kept, so that
/// nobody learns from the time whether there is such a person.
pub fn is_right(password: &str, kept: Option<&str>) -> bool {
    /// The hash of a password that nobody knows.
    const NOBODY: &str = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                          AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let password = if password.len() > LONGEST_BYTES { "" } else { password };
    let Ok(hash) = PasswordHash::new(kept.unwrap_or(NOBODY)) else { return false };
    argon2().verify_password(password.as_bytes(), &hash).is_ok() && kept.is_some()
}

fn argon2() -> Argon2<'static> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_is_right() {
        let mut salt = |bytes: &mut [u8]| bytes.fill(7);
        let kept = hash("empat kuda lari sore", &mut salt);
        assert!(kept.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{kept}");
        assert!(is_right("empat kuda lari sore", Some(&kept)));
        assert!(!is_right("empat kuda lari pagi", Some(&kept)));
        assert!(!is_right("empat kuda lari sore", None));
        assert!(!is_right("", None));
        assert!(!is_right("empat kuda lari sore", Some("")), "what is damaged lets nobody in");
    }

    #[test]
    fn what_is_easily_guessed_is_not_taken() {
        assert_eq!(check("pendek", "ani"), Err(Weak::Short));
        assert_eq!(check(&"x".repeat(600), "ani"), Err(Weak::Long));
        for bad in ["aaaaaaaaaaaaaa", "password123456", "kpu-ani-ani-ani", "121212121212"] {
            assert_eq!(check(bad, "ani"), Err(Weak::Guessed), "{bad}");
        }
        assert_eq!(check("empat kuda lari sore", "ani"), Ok(()));
    }
}
