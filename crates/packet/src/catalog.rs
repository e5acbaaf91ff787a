//! What a reader program asks of a file as a whole: bookmarks, page tree, page labels, layers, title and identity.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::assemble::{PacketInput, Page};
use crate::import::Importer;
use crate::manifest::{Manifest, hex};
use crate::stamp::Stamps;
use crate::{Error, printable, write};

/// Bookmarks: the letter, the contents, each exhibit.
pub(crate) fn outline(
    importer: &mut Importer,
    input: &PacketInput,
    order: &[Page],
    covers: &[(String, usize)],
) -> Option<ObjectId> {
    let mut entries: Vec<(String, ObjectId)> = Vec::new();
    entries.push((input.letter.title.clone(), order.first()?.id()));
    let labels = &input.letter.labels;
    for ((label, at), paper) in covers.iter().zip(input.exhibits) {
        entries.push((format!("{} {label}  {}", labels.exhibit, paper.exhibit.title), order.get(*at)?.id()));
    }
    let ids: Vec<ObjectId> = entries.iter().map(|_| importer.add(Dictionary::new())).collect();
    let (first, last) = (*ids.first()?, *ids.last()?);
    let count = i64::try_from(ids.len()).unwrap_or(0);
    let root = importer.add(dictionary! { "Type" => "Outlines", "First" => Object::Reference(first), "Last" => Object::Reference(last), "Count" => count });
    for (i, (title, page)) in entries.into_iter().enumerate() {
        let mut dict = dictionary! {
            "Title" => text_string(&printable::line(&title).replace('\u{200b}', "")), "Parent" => Object::Reference(root),
            "Dest" => vec![Object::Reference(page), "Fit".into()],
        };
        if let Some(id) = i.checked_sub(1).and_then(|i| ids.get(i)) {
            dict.set("Prev", Object::Reference(*id));
        }
        if let Some(id) = ids.get(i + 1) {
            dict.set("Next", Object::Reference(*id));
        }
        if let Some(id) = ids.get(i) {
            importer.base.objects.insert(*id, Object::Dictionary(dict));
        }
    }
    Some(root)
}

/// A text as PDF writes it: ASCII as it is, anything else as UTF-16.
pub(crate) fn text_string(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, lopdf::StringFormat::Hexadecimal)
}

/// Page tree, page labels, bookmarks, layers.
pub(crate) fn catalog(
    importer: &mut Importer,
    order: &[Page],
    stamps: &Stamps,
    outline: Option<ObjectId>,
    layers: Option<Dictionary>,
) -> Result<ObjectId, Error> {
    let fail = |e: lopdf::Error| Error::ours(e.to_string());
    let kids: Vec<Object> = order.iter().map(|p| Object::Reference(p.id())).collect();
    let count = i64::try_from(kids.len()).unwrap_or(0);
    let root = importer.add(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count });
    for page in order {
        importer.base.get_dictionary_mut(page.id()).map_err(fail)?.set("Parent", Object::Reference(root));
    }
    let id = importer.base.trailer.get(b"Root").and_then(Object::as_reference).map_err(fail)?;
    let catalog = importer.base.get_dictionary_mut(id).map_err(fail)?;
    for key in [&b"Metadata"[..], b"Outlines", b"PageLabels", b"OpenAction", b"AA"] {
        catalog.remove(key);
    }
    catalog.set("Pages", Object::Reference(root));
    let label = dictionary! { "S" => "D", "P" => text_string(stamps.prefix()) };
    catalog.set("PageLabels", dictionary! { "Nums" => vec![Object::Integer(0), Object::Dictionary(label)] });
    if let Some(outline) = outline {
        catalog.set("Outlines", Object::Reference(outline));
    }
    if let Some(layers) = layers {
        catalog.set("OCProperties", layers);
    }
    Ok(id)
}

/// Title, date and identity, the same for the same input; then the bytes.
pub(crate) fn finish(
    mut base: Document,
    input: &PacketInput,
    catalog: ObjectId,
    manifest: &Manifest,
) -> Result<Vec<u8>, Error> {
    let letter = input.letter;
    let title = format!("{}: {}", letter.title, letter.from.name);
    let date = letter.date;
    let (y, m, d) = (date.year(), date.month(), date.day());
    let info = dictionary! {
        "Title" => text_string(&title), "Producer" => Object::string_literal("Corroborate"),
        "Creator" => Object::string_literal("Corroborate"), "CreationDate" => Object::string_literal(format!("D:{y:04}{m:02}{d:02}000000Z")),
    };
    let info = base.add_object(info);
    let metadata = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        xmp(&title, &format!("{y:04}-{m:02}-{d:02}T00:00:00Z"), manifest.archival.ready).into_bytes(),
    );
    let metadata = base.add_object(metadata);
    base.get_dictionary_mut(catalog)
        .map_err(|e| Error::ours(e.to_string()))?
        .set("Metadata", Object::Reference(metadata));
    base.trailer.set("Info", Object::Reference(info));
    let identity = hex(serde_json::to_string(&(letter, &manifest.exhibits)).unwrap_or_default().as_bytes());
    let identity: Vec<u8> = identity.bytes().take(16).collect();
    let part = Object::String(identity, lopdf::StringFormat::Hexadecimal);
    base.trailer.set("ID", vec![part.clone(), part]);
    base.prune_objects();
    write::drain(base)
}

/// The description of the file that programs read. `archival`: it says that the file is PDF/A-2b.
fn xmp(title: &str, date: &str, archival: bool) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let title: String = title.chars().filter(|c| !c.is_control() && *c != '\u{fffe}' && *c != '\u{ffff}').collect();
    let claim = if archival {
        " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    } else {
        ">"
    };
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"{claim}<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title><xmp:CreateDate>{date}</xmp:CreateDate><xmp:CreatorTool>Corroborate</xmp:CreatorTool><pdf:Producer>Corroborate</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    )
}
