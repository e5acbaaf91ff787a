//! Locked PDFs: asked for, refused, opened. Reads shared sample files if they are there.
#![allow(unreachable_pub, dead_code)] // tests fail by panicking
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests read sample files")]

use std::path::{Path, PathBuf};

use extract::{Options, extract};

fn sample(name: &str) -> Option<(String, Vec<u8>)> {
    let named = std::env::var_os("CORROBORATE_DATA").map(PathBuf::from);
    let root = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let bytes = std::fs::read(root.join("pdf").join(name)).ok();
    if bytes.is_none() {
        println!("skipped: no shared data");
    }
    Some((name.to_owned(), bytes?))
}

#[test]
fn every_kind_of_lock_opens_with_its_password_and_not_without() {
    let files = [
        ("pdfminer/encryption/rc4-40.pdf", "baz"),
        ("pdfminer/encryption/rc4-128.pdf", "baz"),
        ("pdfminer/encryption/aes-128.pdf", "baz"),
        ("pdfminer/encryption/aes-128-m.pdf", "baz"),
        ("pdfminer/encryption/aes-256.pdf", "foo"),
        ("pdfminer/encryption/aes-256-r6.pdf", "usersecret"),
        // Owner passwords.
        ("pdfminer/encryption/aes-256.pdf", "baz"),
        ("qpdf/qpdf__qtest__qpdf__enc-R3,V2,U=view,O=master.pdf", "master"),
        ("qpdf/qpdf__qtest__qpdf__enc-R2,V1,U=view,O=view.pdf", "view"),
        ("qpdf/qpdf__qtest__qpdf__enc-R3,V2,U=view,O=view.pdf", "view"),
        ("qpdf/qpdf__qtest__qpdf__enc-XI-R6,V5,U=view,O=master.pdf", "view"),
    ];
    for (name, password) in files {
        let Some((name, bytes)) = sample(name) else { return };
        let with = |password: Option<&str>| {
            let options = Options { password: password.map(str::to_owned), ..Options::default() };
            extract(&name, &bytes, &options)
        };
        assert_eq!(with(None).unwrap_err().code, "password_needed", "{name}");
        let wrong = with(Some("not it")).unwrap_err();
        assert_eq!(wrong.code, "wrong_password", "{name}");
        assert!(wrong.message.contains("--password"), "{}", wrong.message);
        let text = with(Some(password)).unwrap_or_else(|e| panic!("{name}: {e}")).text();
        assert!(!text.trim().is_empty(), "{name}");
    }
}
