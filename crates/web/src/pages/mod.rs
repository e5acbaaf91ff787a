//! The pages, one subject a file. They show; they hold no law and no figures.

pub(crate) mod about;
pub(crate) mod assets;
pub(crate) mod cases;
pub(crate) mod conflict;
pub(crate) mod differ;
pub(crate) mod evidence;
pub(crate) mod history;
pub(crate) mod join;
pub(crate) mod letters;
pub(crate) mod log;
pub(crate) mod opinion;
pub(crate) mod overview;
pub(crate) mod packet;
pub(crate) mod papers;
pub(crate) mod question;
pub(crate) mod rights;
pub(crate) mod said;
pub(crate) mod settings;
pub(crate) mod taken_back;
pub(crate) mod treatments;
