//! A photo or scan as a PDF page: upright, as large as fits, the dots of a JPEG byte by byte what they were, without what the camera wrote
//! beside them ([`jpeg_bare`]).

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, metadata::Orientation};
use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use crate::import::{Opened, Why, number, numbers};
use crate::{jpeg_bare, tiff};

/// More pixels than this are not opened.
const MOST_PIXELS: u64 = 120_000_000;
const MOST_TIFF_PAGES: usize = 1000;
/// The paper: US letter, with a margin.
const PAPER: (f32, f32) = (612.0, 792.0);
const MARGIN: f32 = 36.0;

struct Picture {
    stream: Stream,
    width: u32,
    height: u32,
    turn: Orientation,
    /// By how much its dots are higher than wide.
    stretch: f32,
}

/// The picture as a file of one page, or a TIFF as a file of all its pages.
pub(crate) fn open(bytes: &[u8], format: ImageFormat) -> Result<Opened, Why> {
    let mut doc = Document::with_version("1.7");
    let pages = match format {
        ImageFormat::Jpeg => vec![page(&mut doc, jpeg(bytes).map_or_else(|| decoded(bytes, format), Ok)?)],
        ImageFormat::Tiff => tiff_pages(&mut doc, bytes)?,
        _ => vec![page(&mut doc, decoded(bytes, format)?)],
    };
    Ok(Opened::new(doc, pages, true))
}

fn tiff_pages(doc: &mut Document, bytes: &[u8]) -> Result<Vec<ObjectId>, Why> {
    let all = tiff::pages(bytes);
    if all.len() > MOST_TIFF_PAGES {
        return Err(format!("this picture file has {} pages, more than can be handled; split it", all.len()));
    }
    let mut pages = Vec::new();
    for (i, one) in all.into_iter().enumerate() {
        let alone = tiff::beginning_with(bytes, one).ok_or("the picture file is damaged; save it again as PDF")?;
        let picture = decoded(&alone, ImageFormat::Tiff).map_err(|why| format!("page {}: {why}", i + 1))?;
        pages.push(page(doc, Picture { stretch: one.stretch, ..picture }));
    }
    match pages.is_empty() {
        true => Err("the picture file is damaged; save it again as PDF".into()),
        false => Ok(pages),
    }
}

/// The picture alone, to be drawn on some page.
pub(crate) fn image(bytes: &[u8], format: ImageFormat) -> Result<Stream, Why> {
    decoded(bytes, format).map(|picture| picture.stream)
}

/// A JPEG's dots go in as they are, when its head says how many colors it has; nothing of where and when it was taken does.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let head = JpegHead::read(bytes)?;
    if u64::from(head.width) * u64::from(head.height) > MOST_PIXELS * 4 {
        return None;
    }
    let mut dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(head.width), "Height" => i64::from(head.height),
        "BitsPerComponent" => 8, "Filter" => "DCTDecode",
        "ColorSpace" => match head.colors { 1 => "DeviceGray", 3 => "DeviceRGB", _ => "DeviceCMYK" },
    };
    if head.colors == 4 && head.adobe {
        dict.set("Decode", numbers(&[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]));
    }
    let stream = Stream::new(dict, jpeg_bare::bare(bytes)?);
    Some(Picture {
        stream,
        width: head.width,
        height: head.height,
        turn: orientation(bytes, ImageFormat::Jpeg),
        stretch: 1.0,
    })
}

struct JpegHead {
    width: u32,
    height: u32,
    colors: u8,
    adobe: bool,
}

impl JpegHead {
    /// Walks the segments to the start of frame. None for one that PDF readers may not show (12 bit, lossless, arithmetic).
    fn read(bytes: &[u8]) -> Option<JpegHead> {
        let mut at = 2;
        let mut adobe = false;
        loop {
            while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
                at += 1;
            }
            let (mark, kind) = (*bytes.get(at)?, *bytes.get(at + 1)?);
            if mark != 0xff {
                return None;
            }
            let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
            let body = bytes.get(at + 4..at + 2 + length)?;
            match kind {
                0xc0..=0xc2 => {
                    let (height, width) = (
                        u16::from_be_bytes([*body.get(1)?, *body.get(2)?]),
                        u16::from_be_bytes([*body.get(3)?, *body.get(4)?]),
                    );
                    let colors = *body.get(5)?;
                    let plain = *body.first()? == 8 && matches!(colors, 1 | 3 | 4) && width > 0 && height > 0;
                    return plain.then_some(JpegHead { width: width.into(), height: height.into(), colors, adobe });
                }
                0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xd9 | 0xda => return None,
                0xee => adobe |= body.starts_with(b"Adobe"),
                _ => {}
            }
            at += 2 + length;
        }
    }
}

fn orientation(bytes: &[u8], format: ImageFormat) -> Orientation {
    let reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.into_decoder().ok().and_then(|mut d| d.orientation().ok()).unwrap_or(Orientation::NoTransforms)
}

/// How good a JPEG is that is made of a phone's photo, of 100: nothing of its print is lost to the eye.
const JPEG_QUALITY: u8 = 92;

/// A converted photo as a JPEG: as raw dots it would weigh ten times as much. The same dots give the same bytes.
pub(crate) fn as_jpeg(png: &[u8]) -> Result<Vec<u8>, Why> {
    let (image, _) = unfolded(png, ImageFormat::Png)?;
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    image.to_rgb8().write_with_encoder(encoder).map_err(|e| e.to_string())?;
    Ok(jpeg)
}

/// Whether all of a picture is there and can be read.
pub(crate) fn is_whole(bytes: &[u8], format: ImageFormat) -> Result<(), Why> {
    match format {
        // Page by page, when it is opened.
        ImageFormat::Tiff => Ok(()),
        ImageFormat::Jpeg if is_cut_off(bytes) => {
            Err("the end of this picture is missing; load it again from the phone or camera, or take it again".into())
        }
        _ => unfolded(bytes, format).map(|_| ()),
    }
}

/// Whether a JPEG ends in the middle: readers forgive that and show gray. The small copy beside it has an end of its own.
fn is_cut_off(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8]) && jpeg_bare::bare(bytes).is_none()
}

/// Any other picture, decoded, laid on white, as gray or color.
fn decoded(bytes: &[u8], format: ImageFormat) -> Result<Picture, Why> {
    let (image, turn) = unfolded(bytes, format)?;
    let (width, height) = (image.width(), image.height());
    let gray = !image.color().has_color();
    let (space, data) =
        if gray { ("DeviceGray", on_white_gray(&image)) } else { ("DeviceRGB", on_white_color(&image)) };
    let dict = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
        "BitsPerComponent" => 8, "ColorSpace" => space,
    };
    let mut stream = Stream::new(dict, data);
    stream.compress().map_err(|e| e.to_string())?;
    Ok(Picture { stream, width, height, turn, stretch: 1.0 })
}

/// The dots of a picture, and how it is to be turned.
fn unfolded(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), Why> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 4);
    reader.limits(limits);
    let unreadable = |e: image::ImageError| format!("the picture cannot be opened ({e}); save it again as JPEG or PNG");
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("the picture has {width} × {height} dots, more than can be handled; save it smaller"));
    }
    let turn = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    Ok((image, turn))
}

fn blend(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
}

fn on_white_gray(image: &DynamicImage) -> Vec<u8> {
    image.to_luma_alpha8().pixels().map(|p| blend(p.0[0], p.0[1])).collect()
}

fn on_white_color(image: &DynamicImage) -> Vec<u8> {
    if !image.color().has_alpha() {
        return image.to_rgb8().into_raw();
    }
    image
        .to_rgba8()
        .pixels()
        .flat_map(|p| [blend(p.0[0], p.0[3]), blend(p.0[1], p.0[3]), blend(p.0[2], p.0[3])])
        .collect()
}

/// A page of letter paper, upright or lying as the picture is, with the picture as large as the margins allow.
fn page(doc: &mut Document, picture: Picture) -> ObjectId {
    let (w, h) = (picture.width as f32, picture.height as f32 * picture.stretch);
    let swapped = matches!(
        picture.turn,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let (seen_w, seen_h) = if swapped { (h, w) } else { (w, h) };
    let paper = if seen_w > seen_h { (PAPER.1, PAPER.0) } else { PAPER };
    // Never larger than one dot per point: a tiny picture stays sharp.
    let scale = ((paper.0 - 2.0 * MARGIN) / seen_w).min((paper.1 - 2.0 * MARGIN) / seen_h).min(1.0);
    let (box_w, box_h) = (seen_w * scale, seen_h * scale);
    let (left, bottom) = ((paper.0 - box_w) / 2.0, (paper.1 - box_h) / 2.0);
    let unit = unit_matrix(picture.turn);
    let m = [
        unit[0] * box_w,
        unit[1] * box_h,
        unit[2] * box_w,
        unit[3] * box_h,
        left + unit[4] * box_w,
        bottom + unit[5] * box_h,
    ];
    let image = doc.add_object(picture.stream);
    let text: Vec<String> = m.iter().map(|v| number(*v)).collect();
    let content = Stream::new(dictionary! {}, format!("q {} cm /Picture Do Q\n", text.join(" ")).into_bytes());
    let content = doc.add_object(content);
    doc.add_object(dictionary! {
        "Type" => "Page", "MediaBox" => numbers(&[0.0, 0.0, paper.0, paper.1]), "Contents" => Object::Reference(content),
        "Resources" => dictionary! { "XObject" => dictionary! { "Picture" => Object::Reference(image) } },
    })
}

/// How the unit square of the stored picture maps onto the unit square of the picture as seen.
fn unit_matrix(turn: Orientation) -> [f32; 6] {
    match turn {
        Orientation::NoTransforms => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        Orientation::FlipHorizontal => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
        Orientation::Rotate180 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
        Orientation::FlipVertical => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
        Orientation::Rotate90FlipH => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
        Orientation::Rotate90 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
        Orientation::Rotate270FlipH => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        Orientation::Rotate270 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The picture's upper left corner (0, 1 of the unit square) must come to the corner that EXIF means.
    #[test]
    fn each_orientation_brings_the_first_dot_to_its_corner() {
        let table = [
            (1, (0.0, 1.0)),
            (2, (1.0, 1.0)),
            (3, (1.0, 0.0)),
            (4, (0.0, 0.0)),
            (5, (0.0, 1.0)),
            (6, (1.0, 1.0)),
            (7, (1.0, 0.0)),
            (8, (0.0, 0.0)),
        ];
        for (exif, corner) in table {
            let m = Orientation::from_exif(exif).map(unit_matrix).unwrap_or([0.0; 6]);
            assert_eq!((m[2] + m[4], m[3] + m[5]), corner, "EXIF {exif}");
        }
    }

    #[test]
    fn transparency_lies_on_white() {
        assert_eq!((blend(0, 0), blend(0, 255), blend(200, 255), blend(0, 128)), (255, 0, 200, 127));
    }
}
