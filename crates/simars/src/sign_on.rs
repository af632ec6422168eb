//! Asking a provider of accounts (OpenID Connect): the only thing that the library's pages ask of
//! another server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use simars_access::oidc::is_protected;
use simars_web::{Asked, SignOn};
use ureq::Agent;

/// Bytes of an answer that are read at most.
const LONGEST: u64 = 256 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where people may sign in with an account that they have already.
#[derive(Debug, Args)]
pub(crate) struct Accounts {
    /// A provider of accounts (OpenID Connect) with which people may sign in as well
    #[arg(long, value_name = "URL", requires = "oidc_client", requires = "oidc_secret")]
    oidc_issuer: Option<String>,
    /// What this archive is called there
    #[arg(long, value_name = "ID")]
    oidc_client: Option<String>,
    /// A file with the secret that was given for it
    #[arg(long, value_name = "FILE")]
    oidc_secret: Option<PathBuf>,
    /// What people call the provider
    #[arg(long, value_name = "NAME", default_value = "OpenID")]
    oidc_label: String,
    /// The claim with the name that somebody signs in with here; people must not be able to choose it
    /// there
    #[arg(long, value_name = "CLAIM", default_value = "preferred_username")]
    oidc_claim: String,
}

impl Accounts {
    /// The provider, if one is named.
    ///
    /// # Errors
    /// If it is not protected, or its secret cannot be read.
    pub(crate) fn sign_on(&self) -> anyhow::Result<Option<Arc<SignOn>>> {
        let (Some(issuer), Some(client), Some(secret)) =
            (&self.oidc_issuer, &self.oidc_client, &self.oidc_secret)
        else {
            return Ok(None);
        };
        if !is_protected(issuer) {
            bail!("{issuer} is not https; hint: passwords would travel openly");
        }
        let agent = agent();
        Ok(Some(Arc::new(SignOn {
            issuer: issuer.clone(),
            label: self.oidc_label.clone(),
            client: client.clone(),
            secret: read(secret)?,
            claim: self.oidc_claim.clone(),
            ask: Box::new(move |asked| ask(&agent, asked)),
        })))
    }
}

fn read(secret: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(secret);
    let text = text.with_context(|| format!("cannot read {}", secret.display()))?;
    let text = text.trim().to_owned();
    if text.is_empty() {
        bail!("{} is empty; hint: put the client's secret there", secret.display());
    }
    Ok(text)
}

fn agent() -> Agent {
    let config = Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0);
    config.http_status_as_error(true).build().new_agent()
}

fn ask(agent: &Agent, asked: &Asked) -> Result<Vec<u8>, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut response = match asked {
        Asked::Get(address) => agent.get(address).call().map_err(|error| told(&error))?,
        Asked::Post { address, form, user, password } => {
            // RFC 6749 §2.3.1: both are encoded like a form before they are joined.
            let pair = format!("{}:{}", encoded(user), encoded(password));
            let pairs = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            agent
                .post(address)
                .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
                .send_form(pairs)
                .map_err(|error| told(&error))?
        }
    };
    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec();
    body.map_err(|error| told(&error))
}

/// As a form encodes it (`application/x-www-form-urlencoded`), but for blanks.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte);
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_secret_is_encoded_before_it_is_joined() {
        assert_eq!(encoded("a:b c%ü"), "a%3Ab%20c%25%C3%BC");
    }
}
