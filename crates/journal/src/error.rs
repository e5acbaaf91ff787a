use std::fmt;

/// What went wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody else wrote to this case since the caller read it.
    Conflict,
    /// There is no such case or file.
    NotFound,
    /// The key or passphrase does not fit, or the file is not a journal.
    WrongKey,
    /// A newer version of the program wrote this file.
    Newer,
    /// Another program holds the file.
    Busy,
    /// The disk is full or cannot be written.
    Disk,
    /// The file handed in (an archive, a key file) cannot be used.
    BadInput,
    /// There is nothing to undo or redo.
    NothingToUndo,
    /// Anything else; our fault.
    Internal,
}

/// Why the journal could not do what was asked. It never carries a name, a diagnosis or letter text.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None, cause: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn cause(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// One sentence for a person, without the hint.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|c| c as &(dyn std::error::Error + 'static))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        let error = match e.sqlite_error_code() {
            Some(C::DatabaseBusy | C::DatabaseLocked) => {
                Error::new(Kind::Busy, "another program is writing to your cases at this moment")
                    .hint("close the other window of Corroborate, then try again")
            }
            Some(C::DiskFull) => {
                Error::new(Kind::Disk, "the disk is full; nothing was changed").hint("free some space, then try again")
            }
            Some(C::ReadOnly | C::CannotOpen | C::PermissionDenied | C::SystemIoFailure) => {
                Error::new(Kind::Disk, "the file with your cases cannot be written")
                    .hint("check that the folder exists, is not read-only and has space left")
            }
            Some(C::NotADatabase) => Error::new(Kind::WrongKey, "the key does not open this file of cases"),
            Some(C::DatabaseCorrupt) => Error::new(Kind::Internal, "the file with your cases is damaged")
                .hint("restore your last backup; keep the damaged file"),
            _ => Error::new(Kind::Internal, "the file with your cases could not be used"),
        };
        error.cause(e)
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Error::new(Kind::Disk, format!("a file could not be read or written ({})", e.kind())).cause(e)
    }
}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Error::new(Kind::Internal, "a stored case could not be understood").cause(e)
    }
}

impl From<zip::result::ZipError> for Error {
    fn from(e: zip::result::ZipError) -> Self {
        Error::new(Kind::BadInput, "this archive cannot be read").cause(e)
    }
}
