//! The steps an operator takes: beginning the log, changing its key, going on after a loss.

use simars_record::{ContentMark, Digest, StatementKind};
use simars_tlog::{KeyName, Note, TreeHead, VerifierKey};

use crate::journal::Act;
use crate::log::Log;
use crate::log::files::Files;
use crate::log::keys::{self, Keys};
use crate::sync::Unsynced;
use crate::{Archive, ArchiveError};

impl Archive {
    /// Begins the public log: makes its key from 32 random bytes, states the key in the journal, and
    /// writes a policy that believes this key and asks for no witness. `url` is where the log will
    /// be served. Gives the key by which everyone can check the log from now on.
    ///
    /// # Errors
    /// [`ArchiveError::Unsigned`] if there is a log already, or traces of one; or if the disk refuses.
    /// What was begun and not finished can be begun again under the same name.
    pub fn create_log(
        &self,
        name: KeyName,
        url: Option<&str>,
    ) -> Result<VerifierKey, ArchiveError> {
        let held = self.log_in_hand();
        let files = Files::new(self.folder().log());
        if files.checkpoint()?.is_some() {
            return Err(begun_already());
        }
        let keys = match Keys::load(&self.folder().keys())? {
            Some(keys) if keys.origin() == name.as_str() && keys.last().is_none() => keys,
            None => {
                let seed = self.nonce();
                Keys::create(&self.folder().keys(), name, seed.as_bytes())?
            }
            Some(_) => return Err(begun_already()),
        };
        let verifier = keys.verifier().clone();
        files.create()?;
        files.write_policy(&verifier, url)?;
        // The journal may know an earlier log, or an earlier attempt: their statements are continued.
        let previous = match Log::load(self)? {
            Some(mut log) => {
                log.follow(self, &mut Unsynced::default())?;
                log.of_archive
            }
            None => None,
        };
        let mut writer = self.writer();
        writer.refuse_when_behind()?;
        let content = ContentMark::Key(Digest::from_bytes(*verifier.public()));
        let act = Act::Key { verifier: verifier.to_string() };
        self.state_of_archive(&mut writer, StatementKind::KeyChanged, content, previous, &act)?;
        drop((writer, held));
        self.publish()?;
        Ok(verifier)
    }

    /// Begins to change the log's key: a new one is made and stated, the policy believes it too, and
    /// both sign from now on, so that whoever knows either can check. Gives the new key.
    ///
    /// # Errors
    /// [`ArchiveError::Unsigned`] if there is no log, a change is under way, or the disk refuses.
    pub fn add_log_key(&self) -> Result<VerifierKey, ArchiveError> {
        self.publish()?;
        let mut held = self.log_in_hand();
        let log = held.as_mut().ok_or_else(no_log)?;
        let verifier = log.keys()?.add_next(self.nonce().as_bytes())?;
        log.files.believe_also(&verifier)?;
        let mut writer = self.writer();
        writer.refuse_when_behind()?;
        let content = ContentMark::Key(Digest::from_bytes(*verifier.public()));
        let act = Act::Key { verifier: verifier.to_string() };
        let previous = writer.applied.of_archive;
        self.state_of_archive(&mut writer, StatementKind::KeyChanged, content, previous, &act)?;
        drop((writer, held));
        self.publish()?;
        Ok(verifier)
    }

    /// Ends the change of the log's key: the old one does not sign any more. The policy goes on
    /// believing it, because of the proofs that were given out; an operator whose key was stolen takes
    /// it out.
    ///
    /// # Errors
    /// [`ArchiveError::Unsigned`] if no change is under way, or the disk refuses.
    pub fn finish_log_key(&self) -> Result<VerifierKey, ArchiveError> {
        self.publish()?;
        let mut held = self.log_in_hand();
        held.as_mut().ok_or_else(no_log)?.keys()?.finish()
    }

    /// Goes on with a log whose key does not know any more what it signed last, by the newest
    /// checkpoint that anybody else knows. From then on whatever does not continue that checkpoint is
    /// not signed.
    ///
    /// # Errors
    /// [`ArchiveError::Unsigned`] if there is no key, the checkpoint is not by it, or is older than
    /// what the key knows.
    pub fn resume_log(&self, newest: &Note) -> Result<TreeHead, ArchiveError> {
        let mut held = self.log_in_hand();
        let Some(mut keys) = Keys::load(&self.folder().keys())? else {
            return Err(ArchiveError::Unsigned { detail: keys::MISSING.to_owned() });
        };
        *held = None;
        keys.resume(newest)
    }
}

fn no_log() -> ArchiveError {
    let detail = "there is no log; hint: `simars log init` begins one";
    ArchiveError::Unsigned { detail: detail.to_owned() }
}

fn begun_already() -> ArchiveError {
    let detail = "there is a log already, and a log has one beginning; hint: `simars log status` \
                  shows it";
    ArchiveError::Unsigned { detail: detail.to_owned() }
}
