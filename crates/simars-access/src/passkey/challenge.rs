//! Challenges for passkeys: given, answered once, too old after a while; and whether an answer is right.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use simars_record::Timestamp;
use webauthn_rp::AuthenticatedCredential;
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::PublicKeyCredentialDescriptor;
use webauthn_rp::request::auth::{
    AuthenticationVerificationOptions, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity,
    RegistrationServerState, RegistrationVerificationOptions,
};
use webauthn_rp::response::auth::DiscoverableAuthentication;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, Registration, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};

use super::{
    Candidate, HANDLE_BYTES, Handle, Made, Passkey, PasskeyError, Place, refused, unreadable,
};
use crate::secret::SecretDigest;

/// How long somebody may take, in seconds.
pub const PATIENCE: u64 = 300;
/// Challenges that are open at a time. Who hands them out sees to it that there are never so many.
const MOST: usize = 10_000;

/// The public key of a passkey as it is kept: Ed25519, P-256, P-384 or RSA.
type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// Challenges that were given and not answered yet. Each is good for one answer.
#[derive(Debug, Default)]
pub struct Challenges {
    adding: HashMap<u128, Adding>,
    entering: HashMap<u128, Entering>,
}

#[derive(Debug)]
struct Adding {
    state: RegistrationServerState<HANDLE_BYTES>,
    session: SecretDigest,
    until: Timestamp,
}

#[derive(Debug)]
struct Entering {
    state: DiscoverableAuthenticationServerState,
    until: Timestamp,
}

impl Challenges {
    /// Begins to add a passkey, within a session; gives what the browser passes on to the
    /// authenticator (`PublicKeyCredentialCreationOptionsJSON`).
    ///
    /// # Errors
    /// If too many are at it.
    pub fn begin_adding(
        &mut self,
        place: &Place,
        candidate: &Candidate,
        session: SecretDigest,
        now: Timestamp,
    ) -> Result<String, PasskeyError> {
        let until = self.make_room(now)?;
        let handle = candidate.handle.read().ok_or_else(|| refused("the handle is damaged"))?;
        let user = PublicKeyCredentialUserEntity {
            name: candidate.login.as_str().try_into().map_err(refused)?,
            id: &handle,
            // A name that the standard does not like is left out; the authenticator shows the other.
            display_name: candidate.name.as_str().try_into().ok(),
        };
        let known = candidate.known.iter().filter_map(|id| descriptor(id)).collect();
        let mut options = PublicKeyCredentialCreationOptions::passkey(&place.id, user, known);
        // Asked to hide the passkey from whoever is not recognised, browsers refuse every authenticator
        // that cannot. Each use asks for recognition anyway.
        options.extensions.cred_protect = CredProtect::None;
        let challenge = options.challenge.as_data();
        let (state, told) = options.start_ceremony().map_err(refused)?;
        self.adding.insert(challenge, Adding { state, session, until });
        serde_json::to_string(&told).map_err(refused)
    }

    /// Ends what [`Self::begin_adding`] began: the passkey that the browser says was made
    /// (`RegistrationResponseJSON`).
    ///
    /// # Errors
    /// If it was not made for this challenge, in this session, at this place, by somebody whom the
    /// authenticator recognised.
    pub fn end_adding(
        &mut self,
        answer: &str,
        place: &Place,
        session: SecretDigest,
        now: Timestamp,
    ) -> Result<Made, PasskeyError> {
        let answer = Registration::from_json_relaxed(answer.as_bytes()).map_err(unreadable)?;
        let challenge = answer.challenge_relaxed().map_err(unreadable)?.0;
        let fits = |adding: &Adding| adding.until > now && adding.session == session;
        let adding = self.adding.remove(&challenge).filter(fits);
        let adding = adding.ok_or(PasskeyError::NoChallenge)?;
        let options = RegistrationVerificationOptions::<&str, &str> {
            allowed_origins: &[place.origin.as_str()],
            // Some keys tell what nobody asked them.
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = adding.state.verify(&place.id, &answer, &options).map_err(refused)?;
        let Ok(key) = made.static_state().encode();
        Ok(Made {
            id: URL_SAFE_NO_PAD.encode(made.id().as_ref()),
            key: URL_SAFE_NO_PAD.encode(key),
            state: written(made.dynamic_state()),
        })
    }

    /// Begins to let somebody in; gives what the browser passes on to the authenticator
    /// (`PublicKeyCredentialRequestOptionsJSON`). Nobody has to say who they are.
    ///
    /// # Errors
    /// If too many are at it.
    pub fn begin_entering(
        &mut self,
        place: &Place,
        now: Timestamp,
    ) -> Result<String, PasskeyError> {
        let until = self.make_room(now)?;
        let options = DiscoverableCredentialRequestOptions::passkey(&place.id);
        let challenge = options.0.challenge.as_data();
        let (state, told) = options.start_ceremony().map_err(refused)?;
        self.entering.insert(challenge, Entering { state, until });
        serde_json::to_string(&told).map_err(refused)
    }

    /// Takes what the browser sends of a passkey (`AuthenticationResponseJSON`), and the challenge that
    /// it answers, which is good for nothing from now on.
    ///
    /// # Errors
    /// If it cannot be read, or the challenge is not open.
    pub fn end_entering(&mut self, answer: &str, now: Timestamp) -> Result<Shown, PasskeyError> {
        let answer = DiscoverableAuthentication::from_json_relaxed(answer.as_bytes());
        let answer = answer.map_err(unreadable)?;
        let challenge = answer.challenge_relaxed().map_err(unreadable)?.0;
        let entering = self.entering.remove(&challenge).filter(|entering| entering.until > now);
        let Entering { state, .. } = entering.ok_or(PasskeyError::NoChallenge)?;
        Ok(Shown { answer, state })
    }

    /// Forgets what is too old; gives the time until which a new challenge is good.
    fn make_room(&mut self, now: Timestamp) -> Result<Timestamp, PasskeyError> {
        self.adding.retain(|_, adding| adding.until > now);
        self.entering.retain(|_, entering| entering.until > now);
        if self.adding.len() + self.entering.len() >= MOST {
            return Err(PasskeyError::Busy);
        }
        Ok(Timestamp::from_unix(now.unix() + PATIENCE))
    }
}

/// A passkey that somebody shows: it is not known yet whose it is, and whether it is right.
#[derive(Debug)]
pub struct Shown {
    answer: DiscoverableAuthentication<HANDLE_BYTES>,
    state: DiscoverableAuthenticationServerState,
}

impl Shown {
    /// Whether it is said to be this passkey of a person of this handle.
    pub(crate) fn is_of(&self, handle: &Handle, passkey: &Passkey) -> bool {
        passkey.id == URL_SAFE_NO_PAD.encode(self.answer.raw_id().as_ref())
            && handle.0 == URL_SAFE_NO_PAD.encode(self.answer.response().user_handle().as_ref())
    }

    /// Checks it; then the passkey is noted to have been used.
    ///
    /// # Errors
    /// If it was not signed with this passkey, for this challenge, at this place, by somebody whom the
    /// authenticator recognised; or it counts as if it were a copy.
    pub(crate) fn check(
        self,
        place: &Place,
        passkey: &mut Passkey,
        now: Timestamp,
    ) -> Result<(), PasskeyError> {
        let damaged = || refused("what is kept of it is damaged");
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged());
        let key = StaticState::<PublicKey>::decode(decoded(&passkey.key)?.as_slice());
        let state: [u8; 7] = decoded(&passkey.state)?.try_into().map_err(|_| damaged())?;
        let state = DynamicState::decode(state).map_err(|_| damaged())?;
        let (id, handle) = (self.answer.raw_id(), *self.answer.response().user_handle());
        let key = key.map_err(|_| damaged())?;
        let kept = AuthenticatedCredential::new(id, &handle, key, state);
        let mut kept = kept.map_err(refused)?;
        let options = AuthenticationVerificationOptions::<&str, &str> {
            allowed_origins: &[place.origin.as_str()],
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        self.state.verify(&place.id, &self.answer, &mut kept, &options).map_err(refused)?;
        passkey.state = written(kept.dynamic_state());
        passkey.used = Some(now);
        Ok(())
    }
}

fn written(state: DynamicState) -> String {
    let Ok(bytes) = state.encode();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn descriptor(id: &str) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let id = CredentialId::<Vec<u8>>::decode(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    // By which ways it can be reached is not kept: browsers find out.
    let transports = AuthTransports::decode(0).ok()?;
    Some(PublicKeyCredentialDescriptor { id, transports })
}
