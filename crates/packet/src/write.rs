//! A document as the bytes of a file.

use std::io::Write;

use lopdf::{Dictionary, Document, Object, Writer};

use crate::{Error, seal};

/// Writes the document. Each object is let go as soon as it stands in the file, so that a large packet is in memory once
/// and not twice.
pub(crate) fn drain(mut doc: Document) -> Result<Vec<u8>, Error> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    while let Some(((number, generation), object)) = doc.objects.pop_first() {
        places.push((number, generation, out.len()));
        writeln!(out, "{number} {generation} obj").map_err(ours)?;
        Writer::write_object(&mut out, &object).map_err(ours)?;
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    let size = places.last().map_or(1, |(number, _, _)| number + 1);
    table(&mut out, &places).map_err(ours)?;
    out.extend_from_slice(b"trailer\n");
    Writer::write_object(&mut out, &Object::Dictionary(trailer(&doc, size))).map_err(ours)?;
    writeln!(out, "\nstartxref\n{start}\n%%EOF").map_err(ours)?;
    seal::pdf(&mut out);
    Ok(out)
}

fn ours(e: impl std::fmt::Display) -> Error {
    Error::ours(e.to_string())
}

/// Where each object stands: one section for each run of numbers.
fn table(out: &mut Vec<u8>, places: &[(u32, u16, usize)]) -> std::io::Result<()> {
    out.extend_from_slice(b"xref\n0 1\n0000000000 65535 f \n");
    for run in places.chunk_by(|(a, _, _), (b, _, _)| a + 1 == *b) {
        let first = run.first().map_or(0, |(number, _, _)| *number);
        writeln!(out, "{first} {}", run.len())?;
        for (_, generation, place) in run {
            writeln!(out, "{place:010} {generation:05} n ")?;
        }
    }
    Ok(())
}

fn trailer(doc: &Document, size: u32) -> Dictionary {
    let mut out = Dictionary::new();
    for key in [&b"Root"[..], b"Info", b"ID"] {
        if let Ok(value) = doc.trailer.get(key) {
            out.set(key, value.clone());
        }
    }
    out.set("Size", i64::from(size));
    out
}
