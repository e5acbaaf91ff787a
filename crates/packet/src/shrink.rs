//! A finished packet made small enough for a portal: large pictures get fewer dots, the largest first, and none fewer than
//! [`FLOOR`] says. Text, lines, fonts and small pictures are not touched.
//!
//! The result is read back: it has the same pages, and each draws by the same commands as before.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use facts::Finding;
use hayro_syntax::Pdf;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Limits, RgbImage};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::manifest::{Manifest, Recompressed, hex};
use crate::{Error, Packet, placements, witness, write};

/// How finely a picture is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// Dots per inch, as the picture lies on its page.
    pub dots_per_inch: u16,
    /// JPEG quality, of 100.
    pub jpeg: u8,
}

/// The least that is left of any picture: small print of a scan can still be read, and it is close to what a fax line
/// carries in its fine setting.
pub const FLOOR: Quality = Quality { dots_per_inch: 150, jpeg: 65 };

/// Tried in order until the file fits.
const STEPS: [Quality; 3] = [Quality { dots_per_inch: 220, jpeg: 82 }, Quality { dots_per_inch: 180, jpeg: 75 }, FLOOR];

/// Smaller pictures are left as they are: they weigh nothing.
const SMALLEST: usize = 48 << 10;
/// A picture is replaced only when that makes it smaller than this share of what it was.
const WORTH_IT: f64 = 0.85;
const MOST_PIXELS: u64 = 120_000_000;

/// Makes a packet at most `most` bytes large, as far as pictures allow it. What was done stands in
/// [`Manifest::recompressed`]; when it was not enough, a finding `larger_than_limit` names what weighs most.
///
/// # Errors
/// An [`Error`] when the file cannot be written or does not read back as it was (our fault).
pub fn within(packet: Packet, most: usize) -> Result<Packet, Error> {
    if packet.pdf.len() <= most {
        return Ok(packet);
    }
    let Packet { pdf, mut manifest } = packet;
    let mut doc = Document::load_mem(&pdf).map_err(|e| Error::ours(e.to_string()))?;
    let mut size = pdf.len().saturating_sub(pack_plain_streams(&mut doc));
    let pictures = Picture::all(&doc);
    let originals: BTreeMap<ObjectId, Stream> =
        pictures.iter().filter_map(|p| Some((p.id, stream(&doc, p.id)?.clone()))).collect();
    let mut done: BTreeMap<ObjectId, Recompressed> = BTreeMap::new();
    for quality in STEPS {
        for picture in &pictures {
            if size <= most {
                break;
            }
            let Some(original) = originals.get(&picture.id) else { continue };
            let Some(smaller) = smaller(&doc, original, picture, quality) else { continue };
            let now = stream(&doc, picture.id).map_or(0, |s| s.content.len());
            if smaller.content.len() < now {
                size -= now - smaller.content.len();
                done.insert(picture.id, picture.told(&manifest, original, &smaller));
                doc.objects.insert(picture.id, Object::Stream(smaller));
            }
        }
    }
    let smaller = Arc::new(write::drain(doc)?);
    unchanged(pdf, &smaller)?;
    manifest.recompressed = done.into_values().collect();
    manifest.sha256 = hex(&smaller);
    say(&mut manifest, smaller.len(), most);
    Ok(Packet { pdf: Arc::unwrap_or_clone(smaller), manifest })
}

/// Packs what is not packed, which costs nothing. Gives the bytes saved.
fn pack_plain_streams(doc: &mut Document) -> usize {
    let plain = doc.objects.values_mut().filter_map(|o| o.as_stream_mut().ok()).filter(|s| !s.dict.has(b"Filter"));
    let pack = |stream: &mut Stream| {
        let before = stream.content.len();
        let is_metadata = stream.dict.has_type(b"Metadata");
        // A description of the file stays plain, so that any program finds it.
        if !is_metadata && stream.compress().is_ok() { before.saturating_sub(stream.content.len()) } else { 0 }
    };
    plain.map(pack).sum()
}

fn stream(doc: &Document, id: ObjectId) -> Option<&Stream> {
    doc.get_object(id).ok()?.as_stream().ok()
}

/// A picture of the packet that is large enough to matter.
struct Picture {
    id: ObjectId,
    /// The page it is first seen on, counted from 1.
    page: usize,
    /// The largest it is drawn, in inches across and down.
    inches: (f32, f32),
}

impl Picture {
    /// All of them, the heaviest first.
    fn all(doc: &Document) -> Vec<Picture> {
        let weight = |id: ObjectId| stream(doc, id).map_or(0, |s| s.content.len());
        let seen = placements::of_pictures(doc, |id| weight(id) >= SMALLEST);
        let mut all: Vec<Picture> = seen.into_iter().map(|(id, (page, inches))| Picture { id, page, inches }).collect();
        all.sort_by_key(|p| (std::cmp::Reverse(weight(p.id)), p.id));
        all
    }

    fn told(&self, manifest: &Manifest, before: &Stream, after: &Stream) -> Recompressed {
        let size = |s: &Stream, key: &[u8]| {
            s.dict.get(key).and_then(Object::as_i64).ok().and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
        };
        let dots = |s: &Stream| (size(s, b"Width"), size(s, b"Height"));
        let exhibit = manifest.exhibits.iter().find(|e| (e.first_page..=e.last_page).contains(&self.page));
        Recompressed {
            label: exhibit.map(|e| e.label.clone()).unwrap_or_default(),
            page: self.page,
            dots_before: dots(before),
            dots_after: dots(after),
            bytes_before: before.content.len(),
            bytes_after: after.content.len(),
        }
    }
}

/// A picture kept as finely as asked; none when it cannot be opened here or would not get much smaller.
fn smaller(doc: &Document, original: &Stream, picture: &Picture, quality: Quality) -> Option<Stream> {
    let image = opened(doc, original)?;
    let (width, height) = (image.width(), image.height());
    let wanted = |inches: f32| (inches * f32::from(quality.dots_per_inch)).ceil().max(1.0) as u32;
    let (across, down) = (wanted(picture.inches.0).min(width), wanted(picture.inches.1).min(height));
    let image =
        if (across, down) == (width, height) { image } else { image.resize_exact(across, down, FilterType::Lanczos3) };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality.jpeg).encode_image(&image).ok()?;
    if jpeg.len() as f64 > original.content.len() as f64 * WORTH_IT {
        return None;
    }
    let mut dict = original.dict.clone();
    dict.remove(b"DecodeParms");
    dict.set("Filter", "DCTDecode");
    dict.set("Width", i64::from(across));
    dict.set("Height", i64::from(down));
    Some(Stream::new(dict, jpeg))
}

/// The dots of a plain gray or color picture of eight bits.
fn opened(doc: &Document, stream: &Stream) -> Option<DynamicImage> {
    let dict = &stream.dict;
    let whole = |key: &[u8]| dict.get_deref(key, doc).and_then(Object::as_i64).ok().and_then(|n| u32::try_from(n).ok());
    let odd = [&b"ImageMask"[..], b"Mask", b"Decode", b"SMaskInData"].iter().any(|key| dict.has(key));
    let (width, height) = (whole(b"Width")?, whole(b"Height")?);
    if odd || whole(b"BitsPerComponent") != Some(8) || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return None;
    }
    let colors = colors(doc, dict)?;
    let image = match filter(doc, dict)?.as_slice() {
        b"" => plain(stream.content.clone(), (width, height), colors)?,
        b"FlateDecode" => plain(stream.decompressed_content().ok()?, (width, height), colors)?,
        b"DCTDecode" => jpeg(&stream.content)?,
        _ => return None,
    };
    let same = (image.width(), image.height()) == (width, height) && image.color().channel_count() == colors;
    same.then_some(image)
}

/// The only packing; empty for none.
fn filter(doc: &Document, dict: &Dictionary) -> Option<Vec<u8>> {
    match dict.get_deref(b"Filter", doc) {
        Err(_) => Some(Vec::new()),
        Ok(Object::Name(name)) => Some(name.clone()),
        Ok(Object::Array(names)) => match names.as_slice() {
            [] => Some(Vec::new()),
            [only] => only.as_name().ok().map(<[u8]>::to_vec),
            _ => None,
        },
        Ok(_) => None,
    }
}

/// How many values a dot has: 1 for gray, 3 for color.
fn colors(doc: &Document, dict: &Dictionary) -> Option<u8> {
    let space = dict.get_deref(b"ColorSpace", doc).ok()?;
    let name = match space {
        Object::Array(items) => items.first()?.as_name().ok()?,
        other => other.as_name().ok()?,
    };
    match name {
        b"DeviceGray" | b"CalGray" => Some(1),
        b"DeviceRGB" | b"CalRGB" => Some(3),
        b"ICCBased" => {
            let profile = doc.dereference(space.as_array().ok()?.get(1)?).ok()?.1.as_stream().ok()?;
            let values = profile.dict.get_deref(b"N", doc).and_then(Object::as_i64).ok()?;
            u8::try_from(values).ok().filter(|n| matches!(n, 1 | 3))
        }
        _ => None,
    }
}

fn plain(mut data: Vec<u8>, (width, height): (u32, u32), colors: u8) -> Option<DynamicImage> {
    let all = usize::try_from(u64::from(width) * u64::from(height) * u64::from(colors)).ok()?;
    if data.len() < all {
        return None;
    }
    data.truncate(all);
    match colors {
        1 => GrayImage::from_raw(width, height, data).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, data).map(DynamicImage::ImageRgb8),
    }
}

fn jpeg(data: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(data), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 4);
    reader.limits(limits);
    reader.decode().ok()
}

/// Makes sure that both files have the same pages, drawn by the same commands.
fn unchanged(before: Vec<u8>, after: &Arc<Vec<u8>>) -> Result<(), Error> {
    let marks = |read: &Pdf| witness::of_all(read);
    let before = Pdf::new(before).ok().and_then(|p| marks(&p));
    let after = Pdf::new(after.clone()).ok().and_then(|p| marks(&p));
    match (before, after) {
        (Some(before), Some(after)) if before == after => Ok(()),
        _ => Err(Error::ours("the smaller packet does not read back as the packet it was made from")),
    }
}

fn say(manifest: &mut Manifest, size: usize, most: usize) {
    let count = manifest.recompressed.len();
    if count > 0 {
        let text = format!(
            "{count} picture(s) have fewer dots now so that the file is smaller: none has fewer than {} dots per inch or less than JPEG quality {}. The files you gave are as they were.",
            FLOOR.dots_per_inch, FLOOR.jpeg
        );
        manifest.findings.push(Finding::new("pictures_made_smaller", text));
    }
    if size > most {
        let text = format!(
            "The packet has {} and the limit is {}. Its pictures cannot be made smaller without becoming hard to read. Send it in parts, or leave out what is not needed.",
            megabytes(size),
            megabytes(most)
        );
        manifest.findings.push(Finding::new("larger_than_limit", text));
    }
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1_048_576.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::dictionary;

    /// A gray picture of noise, which does not pack.
    fn noise(width: u32, height: u32) -> Stream {
        let mut state = 7u32;
        let mut dot = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let dict = dictionary! {
            "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
            "BitsPerComponent" => 8, "ColorSpace" => "DeviceGray",
        };
        Stream::new(dict, (0..width * height).map(|_| dot()).collect())
    }

    fn dots_after(inches: (f32, f32), quality: Quality) -> Option<(i64, i64)> {
        let picture = Picture { id: (1, 0), page: 1, inches };
        let smaller = smaller(&Document::new(), &noise(600, 300), &picture, quality)?;
        let size = |key: &[u8]| smaller.dict.get(key).and_then(Object::as_i64).unwrap_or(0);
        Some((size(b"Width"), size(b"Height")))
    }

    #[test]
    fn a_picture_keeps_the_dots_that_the_floor_asks_for_and_never_gains_any() {
        assert_eq!(dots_after((2.0, 1.0), FLOOR), Some((300, 150)));
        assert_eq!(dots_after((2.01, 1.0), FLOOR), Some((302, 150)));
        // Drawn larger than the floor asks for, it keeps all its dots.
        assert_eq!(dots_after((40.0, 20.0), FLOOR), Some((600, 300)));
    }

    #[test]
    fn no_step_goes_below_the_floor() {
        assert!(STEPS.iter().all(|s| s.dots_per_inch >= FLOOR.dots_per_inch && s.jpeg >= FLOOR.jpeg));
        assert_eq!(STEPS.last(), Some(&FLOOR));
    }

    #[test]
    fn pictures_that_are_not_understood_are_left_alone() {
        let odd: [fn(&mut Dictionary); 4] = [
            |d| d.set("ImageMask", true),
            |d| d.set("BitsPerComponent", 1),
            |d| d.set("ColorSpace", "DeviceCMYK"),
            |d| d.set("Filter", "JPXDecode"),
        ];
        for change in odd {
            let mut stream = noise(600, 300);
            change(&mut stream.dict);
            assert!(opened(&Document::new(), &stream).is_none(), "{:?}", stream.dict);
        }
        assert!(opened(&Document::new(), &noise(600, 300)).is_some());
    }
}
