use std::io::Write;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use crate::{Error, Kind};

/// What opens the journal.
///
/// Both kinds end as 32 bytes handed to SQLCipher raw: a passphrase is stretched once, at opening, not once per
/// connection.
#[derive(Clone)]
pub enum Key {
    /// 32 bytes, from a key file.
    Bytes(Zeroizing<[u8; 32]>),
    /// Words a person remembers; stretched with Argon2id (RFC 9106, second recommended option).
    Passphrase(Zeroizing<String>),
}

/// RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

impl Key {
    /// A passphrase.
    pub fn passphrase(words: impl Into<String>) -> Key {
        Key::Passphrase(Zeroizing::new(words.into()))
    }

    /// A fresh random key.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Key, Error> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        random(bytes.as_mut())?;
        Ok(Key::Bytes(bytes))
    }

    /// The key in a key file; a missing file is made, readable by its owner alone.
    ///
    /// # Errors
    /// [`Kind::BadInput`] for a file that is not a key or that others may read; [`Kind::Disk`] when it cannot be
    /// written.
    pub fn from_file(path: &Path) -> Result<Key, Error> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                check_private(path)?;
                parse(text.trim()).ok_or_else(|| {
                    Error::new(Kind::BadInput, format!("`{}` is not a key file of Corroborate", path.display()))
                        .hint("put the right file back; without it the cases cannot be opened")
                })
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => make(path),
            Err(e) => Err(e.into()),
        }
    }

    /// The 32 bytes for a database with this salt.
    pub(crate) fn stretch(&self, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, Error> {
        match self {
            Key::Bytes(bytes) => Ok(bytes.clone()),
            Key::Passphrase(words) => {
                let fault = |_| Error::new(Kind::Internal, "the passphrase could not be used");
                let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(fault)?;
                let mut out = Zeroizing::new([0u8; 32]);
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(words.as_bytes(), salt, out.as_mut())
                    .map_err(fault)?;
                Ok(out)
            }
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(not shown)")
    }
}

/// Random bytes from the operating system.
pub(crate) fn random(into: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(into)
        .map_err(|_| Error::new(Kind::Internal, "the operating system gave no random numbers; nothing was stored"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

fn parse(text: &str) -> Option<Key> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = Zeroizing::new([0u8; 32]);
    for (i, b) in bytes.iter_mut().enumerate() {
        *b = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(Key::Bytes(bytes))
}

fn make(path: &Path) -> Result<Key, Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut bytes = Zeroizing::new([0u8; 32]);
    random(bytes.as_mut())?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut text = hex(bytes.as_ref());
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    text.zeroize();
    Ok(Key::Bytes(bytes))
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::new(Kind::BadInput, format!("other people on this computer may read the key file `{}`", path.display()))
        .hint(format!("run: chmod 600 '{}'", path.display())))
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), Error> {
    Ok(())
}
