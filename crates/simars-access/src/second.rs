//! The second factor: a number that changes every 30 seconds (TOTP, RFC 6238), and codes for the
//! day on which the telephone is lost.

use serde::{Deserialize, Serialize};
use simars_record::Timestamp;
use totp_rs::{Builder, Totp};

use crate::secret::{Random, SecretDigest};

/// How long a number counts, in seconds.
const STEP: u64 = 30;
/// How many codes there are for the day on which the telephone is lost.
pub const RECOVERY_CODES: usize = 8;

/// What is kept of a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// The shared secret, in base 32. It has to be kept: the number is computed from it.
    secret: String,
    /// The last step whose number was used; none before it counts again.
    used: u64,
    /// What is kept of the codes that were not used yet.
    recovery: Vec<SecretDigest>,
}

/// A second factor that is about to be set up: it counts once a number made from it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The shared secret, in base 32, to be typed or scanned.
    pub secret: String,
}

impl Enrolment {
    /// A new shared secret of 160 bits (RFC 4226 §4, R6).
    pub fn new(random: Random<'_>) -> Self {
        let mut bytes = [0; 20];
        random(&mut bytes);
        Self { secret: totp_rs::Secret::new_stack(bytes).to_base32() }
    }

    /// What a telephone scans.
    pub fn address(&self, issuer: &str, name: &str) -> String {
        let plain = |text: &str| -> String {
            text.bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => {
                        char::from(byte).to_string()
                    }
                    _ => format!("%{byte:02X}"),
                })
                .collect()
        };
        let issuer = plain(issuer);
        let secret = &self.secret;
        format!("otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}", plain(name))
    }

    /// The number that is made from the secret at this moment, as a telephone shows it.
    pub fn number(&self, now: Timestamp) -> Option<String> {
        Some(totp(&self.secret)?.generate(now.unix()).to_string())
    }

    /// The factor, if this number was made from the secret now; and the codes to write down.
    pub fn confirm(
        self,
        number: &str,
        now: Timestamp,
        random: Random<'_>,
    ) -> Option<(SecondFactor, Vec<String>)> {
        let mut factor = SecondFactor { secret: self.secret, used: 0, recovery: Vec::new() };
        if !factor.take_number(number, now) {
            return None;
        }
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(random)).collect();
        factor.recovery = codes.iter().map(|code| SecretDigest::of(code)).collect();
        Some((factor, codes))
    }
}

impl SecondFactor {
    /// Takes a number or a recovery code; each counts once.
    pub fn take(&mut self, shown: &str, now: Timestamp) -> bool {
        let shown: String = shown.chars().filter(|one| one.is_alphanumeric()).collect();
        if self.take_number(&shown, now) {
            return true;
        }
        let digest = SecretDigest::of(&shown.to_lowercase());
        let place = self.recovery.iter().position(|kept| *kept == digest);
        place.map(|place| self.recovery.remove(place)).is_some()
    }

    /// How many recovery codes are left.
    pub const fn recovery_left(&self) -> usize {
        self.recovery.len()
    }

    fn take_number(&mut self, number: &str, now: Timestamp) -> bool {
        let Some(totp) = totp(&self.secret) else { return false };
        let shown: String = number.chars().filter(char::is_ascii_digit).collect();
        if shown.len() != number.trim().len() {
            return false;
        }
        // The step that the number belongs to, the one before and the one after: clocks differ.
        let present = now.unix() / STEP;
        let steps = [present, present.saturating_sub(1), present + 1];
        let fits = |step: &u64| totp.check(&shown, step * STEP).is_some();
        match steps.into_iter().filter(|step| *step > self.used).find(fits) {
            Some(step) => {
                self.used = step;
                true
            }
            None => false,
        }
    }
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = totp_rs::Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).with_step_duration(STEP).with_skew(0).build().ok()
}

/// Sixteen characters that are not taken for one another, 80 bits.
fn recovery_code(random: Random<'_>) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 16];
    random(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret `12345678901234567890`, SHA-1; the last six digits.
    const VECTORS: [(u64, &str); 4] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ];

    fn factor() -> SecondFactor {
        let secret = totp_rs::Secret::new_stack(*b"12345678901234567890").to_base32();
        SecondFactor { secret, used: 0, recovery: vec![SecretDigest::of("abcdefghij")] }
    }

    #[test]
    fn the_numbers_of_the_standard() {
        for (seconds, number) in VECTORS {
            let now = Timestamp::from_unix(seconds);
            assert!(factor().take(number, now), "{number}");
            assert!(!factor().take(number, Timestamp::from_unix(seconds + 3 * STEP)), "{number}");
            assert!(!factor().take(&number[1..], now));
        }
    }

    #[test]
    fn a_number_and_a_code_count_once() {
        let mut factor = factor();
        let now = Timestamp::from_unix(59);
        assert!(factor.take("287 082", now));
        assert!(!factor.take("287082", now), "it was used");
        assert!(factor.take("ABCDE fghij", now));
        assert!(!factor.take("abcdefghij", now));
        assert_eq!(factor.recovery_left(), 0);
    }

    #[test]
    fn a_factor_counts_once_its_number_was_shown() {
        let mut random = |bytes: &mut [u8]| bytes.fill(9);
        let enrolment = Enrolment::new(&mut random);
        let address = enrolment.address("KPU Contoh", "ani");
        assert!(address.starts_with("otpauth://totp/KPU%20Contoh:ani?secret="), "{address}");
        let now = Timestamp::from_unix(1_000_000);
        assert!(enrolment.clone().confirm("000000", now, &mut random).is_none());
        let number = enrolment.number(now).unwrap();
        let (mut factor, codes) = enrolment.confirm(&number, now, &mut random).unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        assert!(factor.take(&codes[0], now));
    }
}
