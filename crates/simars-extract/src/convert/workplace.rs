//! The folder in which one document is converted: all that the office program may write to.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{Mode, OFlags, open};

/// The name of the document and of what is made of it, without its ending.
const STEM: &str = "dokumen";

/// What the office program is told for good: no macros, no links to elsewhere, no scripts, nothing
/// kept of what it did; and that numbers are written as in Indonesia where a document leaves it open
/// (1.204, not 1,204). It is asked nothing and there is nobody to answer.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>id-ID</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="UseLocking" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document"><prop oor:name="AutoSave" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"#;

/// A folder of its own, which is removed with everything in it when this is dropped.
#[derive(Debug)]
pub(super) struct Workplace {
    path: PathBuf,
    document: PathBuf,
}

impl Workplace {
    /// Makes one in `folder`, with the document and a profile in it.
    pub(super) fn new(folder: &Path, extension: &str, mut document: impl Read) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        fs::create_dir_all(folder)?;
        let name = format!("{}-{number}", std::process::id());
        let path = folder.canonicalize()?.join(name);
        // Nobody else has anything to look for there.
        DirBuilder::new().mode(0o700).create(&path)?;
        let workplace = Self { document: path.join(STEM).with_extension(extension), path };
        io::copy(&mut document, &mut File::create_new(&workplace.document)?)?;
        let user = workplace.path.join("profile").join("user");
        fs::create_dir_all(&user)?;
        fs::write(user.join("registrymodifications.xcu"), SETTINGS)?;
        Ok(workplace)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn document(&self) -> &Path {
        &self.document
    }

    /// What was made, if it is a file of at most `most` bytes. A document that took over the office
    /// program may have put anything here: links are not followed, and pipes not waited for.
    pub(super) fn pdf(&self, most: u64) -> io::Result<Vec<u8>> {
        let path = self.path.join(STEM).with_extension("pdf");
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(open(&path, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("what was made is not a regular file"));
        }
        let mut pdf = Vec::new();
        file.take(most + 1).read_to_end(&mut pdf)?;
        if pdf.len() as u64 > most {
            let detail = format!("the PDF has more than {most} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, detail));
        }
        Ok(pdf)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, folder = %self.path.display(), "a workplace is not removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_a_file_of_the_place_itself_counts_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, "rahasia").unwrap();
        let inner = folder.path().join("work");
        let workplace = Workplace::new(&inner, "docx", &b"isi"[..]).unwrap();
        assert_eq!(fs::read(workplace.document()).unwrap(), b"isi");
        let made = workplace.path().join("dokumen.pdf");
        assert_eq!(workplace.pdf(9).unwrap_err().kind(), io::ErrorKind::NotFound);
        symlink(&secret, &made).unwrap();
        assert!(workplace.pdf(9).is_err());
        fs::remove_file(&made).unwrap();
        fs::create_dir(&made).unwrap();
        assert!(workplace.pdf(9).is_err());
        fs::remove_dir(&made).unwrap();
        fs::write(&made, "%PDF-1.7 ").unwrap();
        assert_eq!(workplace.pdf(9).unwrap(), b"%PDF-1.7 ");
        assert_eq!(workplace.pdf(8).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        symlink(folder.path(), workplace.path().join("out")).unwrap();
        drop(workplace);
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
        assert!(secret.exists());
    }
}
