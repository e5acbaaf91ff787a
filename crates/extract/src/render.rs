//! Images of pages: for previews, and for the OCR engine.

use std::io::Cursor;

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings};
use hayro_interpret::InterpreterSettings;
use hayro_syntax::Pdf;
use image::{DynamicImage, ImageFormat, RgbImage};

use crate::picture::{self, Gray, Scan};
use crate::sniff::{Kind, sniff};
use crate::{ExtractError, Options, pdf};

/// Dots per inch at which pages are read by the OCR engine.
const READING_DPI: f32 = 300.0;

/// An image of one page as PNG, for a person to look at. `page` is counted from 1. Positions of words
/// ([`facts::Word::bounds`]) are in points of the same page: multiply by `dpi / 72` for pixels.
///
/// # Errors
/// An [`ExtractError`] for a file without pages that can be drawn, or without that page.
pub fn page_png(bytes: &[u8], page: usize, dpi: f32, options: &Options) -> Result<Vec<u8>, ExtractError> {
    let name = "This file";
    let dpi = if dpi.is_finite() { dpi.clamp(18.0, 600.0) } else { 72.0 };
    let index = page.checked_sub(1).ok_or_else(|| no_page(page))?;
    let image = match sniff(bytes) {
        Kind::Pdf => {
            let pdf = pdf::open(name, bytes, options)?;
            let (width, height, rgba) = pixels(&pdf, index, dpi, options).ok_or_else(|| no_page(page))?;
            let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|p| p.iter().take(3).copied()).collect();
            RgbImage::from_raw(width as u32, height as u32, rgb)
                .map(DynamicImage::ImageRgb8)
                .ok_or_else(|| no_page(page))?
        }
        kind @ (Kind::Jpeg | Kind::Png | Kind::Tiff | Kind::Webp | Kind::Gif | Kind::Bmp) => {
            let gray = picture::decode(name, bytes, kind, index)?;
            let (width, _) = picture::page_size(gray.width, gray.height);
            let wanted = (width * dpi / 72.0).max(1.0) as u32;
            let (w, h) = (gray.width as u32, gray.height as u32);
            let image = image::GrayImage::from_raw(w, h, gray.data).ok_or_else(|| no_page(page))?;
            let height = (u64::from(h) * u64::from(wanted) / u64::from(w.max(1))).clamp(1, 40_000) as u32;
            DynamicImage::ImageLuma8(image).resize_exact(wanted, height, image::imageops::FilterType::Triangle)
        }
        _ => return Err(ExtractError::not_supported(name, "has no pages that can be shown as pictures.")),
    };
    let mut out = Cursor::new(Vec::new());
    image
        .write_to(&mut out, ImageFormat::Png)
        .map_err(|_| ExtractError::unreadable(name, "its page could not be drawn"))?;
    Ok(out.into_inner())
}

fn no_page(page: usize) -> ExtractError {
    ExtractError::new("no_such_page", format!("There is no page {page} in this file."))
}

/// A page of a PDF as a picture for the OCR engine; `None` when it cannot be drawn.
pub(crate) fn scan(pdf: &Pdf, page: usize, options: &Options) -> Option<Scan> {
    let size = pdf.pages().get(page)?.render_dimensions();
    let (width, height, rgba) = pixels(pdf, page, READING_DPI, options)?;
    let gray: Vec<u8> = rgba
        .chunks_exact(4)
        .map(|p| match p {
            [r, g, b, ..] => ((299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b)) / 1000) as u8,
            _ => 255,
        })
        .collect();
    Some(picture::prepare(page, Gray::new(width, height, gray)?, size, 0, options))
}

/// Draws a page on white, with at most so many pixels as allowed.
fn pixels(pdf: &Pdf, index: usize, dpi: f32, options: &Options) -> Option<(usize, usize, Vec<u8>)> {
    let page = pdf.pages().get(index)?;
    let (width, height) = page.render_dimensions();
    let area = f64::from(width) * f64::from(height);
    let most = (options.max_pixels as f64 / area.max(1.0)).sqrt() as f32;
    let side = 30_000.0 / width.max(height).max(1.0);
    let scale = (dpi / 72.0).min(most).min(side);
    if !(scale.is_finite() && scale > 0.0) {
        return None;
    }
    let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let cache = RenderCache::new();
    let pixmap = hayro::render(page, &cache, &InterpreterSettings::default(), &settings);
    let (width, height) = (usize::from(pixmap.width()), usize::from(pixmap.height()));
    let data = pixmap.data_as_u8_slice().to_vec();
    (width > 0 && height > 0 && data.len() == width * height * 4).then_some((width, height, data))
}
