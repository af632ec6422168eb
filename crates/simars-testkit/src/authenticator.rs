//! An authenticator for tests: it makes a passkey and signs with it, as a security key does (Web
//! Authentication Level 3, §6), and it can be told to do so wrongly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The person is there, was recognised; the data speaks of a new passkey.
const PRESENT: u8 = 1;
const RECOGNISED: u8 = 1 << 2;
const NEW: u8 = 1 << 6;

/// An authenticator with one passkey: ES256, without attestation.
#[derive(Debug)]
pub struct Authenticator {
    key: SigningKey,
    /// What it calls the passkey.
    pub id: [u8; 32],
    /// Whose it says the passkey is, in base64url; told by the server when it was made.
    pub handle: String,
    /// Whether it recognises the person (by a finger, a number).
    pub recognises: bool,
    /// How often it has signed.
    pub count: u32,
    /// Where the browser that it is plugged into says the page is from.
    pub origin: String,
}

impl Authenticator {
    /// A new one, plugged into a browser that shows a page from there. Each seed makes another.
    ///
    /// # Panics
    /// If the seed makes no key, as 0 does.
    pub fn new(seed: u8, origin: &str) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).expect("the seed is not 0");
        let (id, handle) = ([seed; 32], String::new());
        Self { key, id, handle, recognises: true, count: 0, origin: origin.to_owned() }
    }

    /// Makes the passkey that a server asks for (`PublicKeyCredentialCreationOptionsJSON`): what the
    /// browser sends back.
    ///
    /// # Panics
    /// If the server asks for nothing that can be understood.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        text(&options["user"]["id"]).clone_into(&mut self.handle);
        let client = self.client_data("webauthn.create", &options);
        let mut data = self.data(text(&options["rp"]["id"]), NEW);
        // The model of the authenticator is not told; then the name and the key of the passkey.
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(self.id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(data.len() as u8);
        object.extend(data);
        let response = json!({ "clientDataJSON": encoded(&client),
            "attestationObject": encoded(&object) });
        json!({ "id": encoded(&self.id), "type": "public-key", "response": response }).to_string()
    }

    /// Signs what a server asks for (`PublicKeyCredentialRequestOptionsJSON`): what the browser sends.
    ///
    /// # Panics
    /// If the server asks for nothing that can be understood.
    pub fn sign(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        self.count += 1;
        let client = self.client_data("webauthn.get", &options);
        let data = self.data(text(&options["rpId"]), 0);
        let message = [&*data, &*Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&message);
        let response = json!({ "clientDataJSON": encoded(&client),
            "authenticatorData": encoded(&data),
            "signature": encoded(signature.to_der().as_bytes()),
            "userHandle": self.handle });
        json!({ "id": encoded(&self.id), "type": "public-key", "response": response }).to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = text(&options["challenge"]);
        // In this order (§5.8.1.1).
        format!(
            "{{\"type\":\"{kind}\",\"challenge\":\"{challenge}\",\"origin\":\"{}\",\
             \"crossOrigin\":false}}",
            self.origin
        )
        .into_bytes()
    }

    fn data(&self, place: &str, more: u8) -> Vec<u8> {
        let recognised = if self.recognises { RECOGNISED } else { 0 };
        let mut data = Sha256::digest(place.as_bytes()).to_vec();
        data.push(PRESENT | recognised | more);
        data.extend(self.count.to_be_bytes());
        data
    }

    /// As a COSE key (RFC 9053 §7.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(x);
        key.extend(b"\x22\x58\x20");
        key.extend(y);
        key
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a member of the options is a text")
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
