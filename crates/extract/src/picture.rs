//! A scan or a photo → an even, upright, grey picture at about 300 dots per inch, as the OCR engine likes it.
//!
//! Shadows go (each part is divided by the brightness of the paper there), a slant goes, a sideways page is turned, and
//! small pictures are enlarged. Where every point of the result stands on the page is kept.

use std::io::Cursor;

use image::{DynamicImage, ImageReader, Limits};

use crate::sniff::Kind;
use crate::{ExtractError, Options};

/// The most pixels a picture may have before it is unfolded: four times a large phone photo.
const MOST_PIXELS: u64 = 200_000_000;
/// The short side of a letter at 300 dots per inch.
const SHORT_SIDE: f32 = 2550.0;
/// The short side of a letter in points.
const SHORT_SIDE_POINTS: f32 = 612.0;
/// The edge of a tile in which the brightness of the paper is measured, as a part of the short side.
const TILES: usize = 40;

/// A grey picture, one byte a pixel, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gray {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) data: Vec<u8>,
}

impl Gray {
    pub(crate) fn new(width: usize, height: usize, data: Vec<u8>) -> Option<Self> {
        (data.len() == width.checked_mul(height)? && width > 0 && height > 0).then_some(Gray { width, height, data })
    }

    fn at(&self, x: usize, y: usize) -> u8 {
        self.data.get(y.min(self.height - 1) * self.width + x.min(self.width - 1)).copied().unwrap_or(255)
    }

    /// The picture as a PGM file.
    pub(crate) fn pgm(&self) -> Vec<u8> {
        let mut out = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        out.extend_from_slice(&self.data);
        out
    }

    /// Averages blocks of `n` by `n`.
    fn shrink(self, n: usize) -> Gray {
        if n <= 1 || self.width < n || self.height < n {
            return self;
        }
        let (width, height) = (self.width / n, self.height / n);
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0u32;
                for row in y * n..y * n + n {
                    let start = row * self.width + x * n;
                    sum +=
                        self.data.get(start..start + n).unwrap_or_default().iter().map(|p| u32::from(*p)).sum::<u32>();
                }
                data.push((sum / (n * n) as u32) as u8);
            }
        }
        Gray { width, height, data }
    }
}

/// A page ready for the OCR engine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scan {
    /// Index of the page in its document.
    pub(crate) page: usize,
    pub(crate) image: Gray,
    /// Takes a pixel of the image to points on the page: x' = a x + c y + e, y' = b x + d y + f.
    pub(crate) to_page: [f32; 6],
    /// The page's size in points.
    pub(crate) size: (f32, f32),
}

/// Unfolds a picture file, upright as its EXIF data says. `page` chooses the page of a TIFF.
pub(crate) fn decode(name: &str, bytes: &[u8], kind: Kind, page: usize) -> Result<Gray, ExtractError> {
    let damaged = || ExtractError::damaged(name, "the picture cannot be unfolded");
    let patched;
    let bytes = match (kind, tiff_directories(bytes).get(page)) {
        (Kind::Tiff, Some(place)) if page > 0 => {
            patched = tiff_starting_at(bytes, *place).ok_or_else(damaged)?;
            &patched
        }
        _ => bytes,
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(900 << 20);
    limits.max_image_width = Some(40_000);
    limits.max_image_height = Some(40_000);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| damaged())?;
    reader.limits(limits.clone());
    let (width, height) = reader.into_dimensions().map_err(|_| damaged())?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(ExtractError::too_large(name, &format!("a picture of {width} by {height} pixels")));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| damaged())?;
    reader.limits(limits);
    let gray = gray(reader.decode().map_err(|_| damaged())?).ok_or_else(damaged)?;
    Ok(upright(gray, orientation(bytes)))
}

/// Colours → grey on white paper.
fn gray(image: DynamicImage) -> Option<Gray> {
    if image.color().has_alpha() {
        let image = image.into_rgba8();
        let (width, height) = image.dimensions();
        let data = image.pixels().map(|p| {
            let [r, g, b, a] = p.0.map(u32::from);
            let luma = (299 * r + 587 * g + 114 * b) / 1000;
            ((luma * a + 255 * (255 - a)) / 255) as u8
        });
        return Gray::new(width as usize, height as usize, data.collect());
    }
    let image = image.into_luma8();
    let (width, height) = image.dimensions();
    Gray::new(width as usize, height as usize, image.into_raw())
}

/// EXIF orientation, 1 to 8; 1 where there is none.
fn orientation(bytes: &[u8]) -> u32 {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok();
    let field = exif.as_ref().and_then(|e| e.get_field(exif::Tag::Orientation, exif::In::PRIMARY));
    field.and_then(|f| f.value.get_uint(0)).filter(|o| (1..=8).contains(o)).unwrap_or(1)
}

fn upright(image: Gray, orientation: u32) -> Gray {
    let (w, h) = (image.width, image.height);
    if orientation == 1 {
        return image;
    }
    let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
    let mut data = Vec::with_capacity(w * h);
    for y in 0..height {
        for x in 0..width {
            let (sx, sy) = match orientation {
                2 => (w - 1 - x, y),
                3 => (w - 1 - x, h - 1 - y),
                4 => (x, h - 1 - y),
                5 => (y, x),
                6 => (y, h - 1 - x),
                7 => (w - 1 - y, h - 1 - x),
                _ => (w - 1 - y, x),
            };
            data.push(image.at(sx, sy));
        }
    }
    Gray { width, height, data }
}

/// Where the pages of a TIFF begin, in order. A chain that is broken or runs in a ring ends.
pub fn tiff_directories(bytes: &[u8]) -> Vec<u32> {
    let little = bytes.starts_with(b"II");
    if !(bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*")) {
        return Vec::new();
    }
    let four = |at: usize| -> Option<u32> {
        let b: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    };
    let two = |at: usize| -> Option<u16> {
        let b: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) })
    };
    let mut places = Vec::new();
    let mut next = four(4);
    while let Some(place) = next.filter(|p| *p > 0 && places.len() < 2_000 && !places.contains(p)) {
        let Some(count) = two(place as usize) else { break };
        places.push(place);
        next = (place as usize).checked_add(2 + 12 * usize::from(count)).and_then(four);
    }
    places
}

/// The same file with another page first (its place as [`tiff_directories`] gives it): decoders read the first.
pub fn tiff_starting_at(bytes: &[u8], place: u32) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    let four = if bytes.starts_with(b"II") { place.to_le_bytes() } else { place.to_be_bytes() };
    out.get_mut(4..8)?.copy_from_slice(&four);
    Some(out)
}

/// The size in points of a page made from a picture: its short side is a letter's.
pub(crate) fn page_size(width: usize, height: usize) -> (f32, f32) {
    let scale = SHORT_SIDE_POINTS / (width.min(height).max(1) as f32);
    (width as f32 * scale, height as f32 * scale)
}

/// Makes a picture ready for reading. `size` is the page's size in points, `turns` further quarter turns.
pub(crate) fn prepare(page: usize, picture: Gray, size: (f32, f32), turns: u8, options: &Options) -> Scan {
    let points = (size.0 / picture.width as f32, size.1 / picture.height as f32);
    let (picture, shrunk) = within(picture, options.max_pixels);
    let points = (points.0 * shrunk, points.1 * shrunk);
    let clean = clean(&picture);
    let (quarter, slant) = lie_of_lines(&clean);
    let quarter = (quarter + turns) % 4;
    let across = if quarter.is_multiple_of(2) { clean.width } else { clean.height };
    let along = if quarter.is_multiple_of(2) { clean.height } else { clean.width };
    let wanted = SHORT_SIDE / (across.min(along).max(1) as f32);
    let most = (options.max_pixels as f32 / (across as f32 * along as f32).max(1.0)).sqrt();
    let scale = if (0.85..=1.2).contains(&wanted) { 1.0 } else { wanted.clamp(0.2, 3.0) }.min(most.max(0.05));
    let (image, back) = warp(&clean, quarter, slant, scale);
    let [a, b, c, d, e, f] = back;
    let to_page = [a * points.0, b * points.1, c * points.0, d * points.1, e * points.0, f * points.1];
    Scan { page, image, to_page, size }
}

/// Shrinks by whole steps until the picture has at most so many pixels.
fn within(picture: Gray, most: usize) -> (Gray, f32) {
    let mut step = 1;
    // A little more than asked for is fine: the rest is done when the picture is turned.
    while (picture.width / step) * (picture.height / step) > most.saturating_mul(2) {
        step += 1;
    }
    (picture.shrink(step), step as f32)
}

/// Divides by the brightness of the paper, so that shadows and yellowed corners become white.
fn clean(picture: &Gray) -> Gray {
    let tile = (picture.width.min(picture.height) / TILES).max(16);
    let (columns, rows) = (picture.width.div_ceil(tile), picture.height.div_ceil(tile));
    let paper = paper(picture, tile, columns, rows);
    let value = |column: usize, row: usize| {
        f32::from(paper.get(row.min(rows - 1) * columns + column.min(columns - 1)).copied().unwrap_or(255))
    };
    let mut data = Vec::with_capacity(picture.data.len());
    for y in 0..picture.height {
        let fy = ((y as f32 + 0.5) / tile as f32 - 0.5).max(0.0);
        let (row, ty) = (fy as usize, fy.fract());
        let mut column_at = usize::MAX;
        let (mut left, mut right) = (255.0, 255.0);
        for x in 0..picture.width {
            let fx = ((x as f32 + 0.5) / tile as f32 - 0.5).max(0.0);
            let (column, tx) = (fx as usize, fx.fract());
            if column != column_at {
                column_at = column;
                left = value(column, row) * (1.0 - ty) + value(column, row + 1) * ty;
                right = value(column + 1, row) * (1.0 - ty) + value(column + 1, row + 1) * ty;
            }
            let paper = left * (1.0 - tx) + right * tx;
            let pixel = picture.data.get(y * picture.width + x).copied().unwrap_or(255);
            data.push((f32::from(pixel) * 250.0 / paper.max(1.0)).min(255.0) as u8);
        }
    }
    Gray { width: picture.width, height: picture.height, data }
}

/// The brightness of the paper in each tile: a high percentile, then the brighter of its neighbourhood, so that a tile full
/// of ink takes its neighbours' paper.
fn paper(picture: &Gray, tile: usize, columns: usize, rows: usize) -> Vec<u8> {
    let mut bright = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let mut counts = [0u32; 256];
            let mut all = 0u32;
            for y in (row * tile..((row + 1) * tile).min(picture.height)).step_by(2) {
                let start = y * picture.width + column * tile;
                let end = start + tile.min(picture.width - column * tile);
                for pixel in picture.data.get(start..end).unwrap_or_default().iter().step_by(2) {
                    if let Some(count) = counts.get_mut(usize::from(*pixel)) {
                        *count += 1;
                    }
                    all += 1;
                }
            }
            let mut above = 0;
            let level = counts.iter().enumerate().rev().find(|(_, n)| {
                above += **n;
                above * 8 >= all
            });
            bright.push(level.map_or(255, |(l, _)| l as u8));
        }
    }
    let near = |column: usize, row: usize| {
        let mut best = 0;
        for r in row.saturating_sub(1)..=(row + 1).min(rows - 1) {
            for c in column.saturating_sub(1)..=(column + 1).min(columns - 1) {
                best = best.max(bright.get(r * columns + c).copied().unwrap_or(0));
            }
        }
        // Below this a tile is a table or a dark picture, not paper in a shadow.
        best.max(60)
    };
    (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))).map(|(c, r)| near(c, r)).collect()
}

/// How lines of text lie: quarter turns needed (0 or 1), and the slant in degrees.
fn lie_of_lines(clean: &Gray) -> (u8, f32) {
    let step = (clean.width.max(clean.height) / 1000).max(1);
    let small = clean.clone().shrink(step);
    let all = ink_of(&small);
    let letters = without_long_runs(&all, small.width, small.height);
    let ink = if letters.len() < 200 { all } else { letters };
    let ink: Vec<(f32, f32)> = ink.into_iter().map(|(x, y)| (x as f32, y as f32)).collect();
    if ink.len() < 200 || ink.len() * 5 > small.data.len() * 2 {
        return (0, 0.0);
    }
    let every = (ink.len() / 40_000).max(1);
    let ink: Vec<(f32, f32)> = ink.into_iter().step_by(every).collect();
    let turned: Vec<(f32, f32)> = ink.iter().map(|(x, y)| (-y, *x)).collect();
    let (flat_angle, flat) = best_angle(&ink);
    let (side_angle, side) = best_angle(&turned);
    let (quarter, angle) = if side > 1.4 * flat { (1, side_angle) } else { (0, flat_angle) };
    (quarter, if angle.abs() < 0.25 { 0.0 } else { angle })
}

fn ink_of(picture: &Gray) -> Vec<(usize, usize)> {
    let places = (0..picture.height).flat_map(|y| (0..picture.width).map(move |x| (x, y)));
    places.filter(|(x, y)| picture.at(*x, *y) < 170).collect()
}

/// Ink that stands in a row or a column of ink longer than this, in a picture of about 1000 points, is no letter.
const LONGEST_STROKE: usize = 30;

/// The ink of letters: without the table on which the paper lies, its edge and its shadow, and without rules. Their long
/// straight sides would say how the picture lies, and not how the lines do.
fn without_long_runs(ink: &[(usize, usize)], width: usize, height: usize) -> Vec<(usize, usize)> {
    let mut dark = vec![false; width * height];
    for (x, y) in ink {
        if let Some(dot) = dark.get_mut(y * width + x) {
            *dot = true;
        }
    }
    let mut long = vec![false; width * height];
    let mut mark = |places: &mut dyn Iterator<Item = usize>| {
        let mut run: Vec<usize> = Vec::new();
        for place in places.map(Some).chain([None]) {
            let goes_on = place.filter(|p| dark.get(*p) == Some(&true));
            if let Some(place) = goes_on {
                run.push(place);
                continue;
            }
            if run.len() > LONGEST_STROKE {
                for p in &run {
                    if let Some(dot) = long.get_mut(*p) {
                        *dot = true;
                    }
                }
            }
            run.clear();
        }
    };
    (0..height).for_each(|y| mark(&mut (y * width..(y + 1) * width)));
    (0..width).for_each(|x| mark(&mut (0..height).map(|y| y * width + x)));
    ink.iter().copied().filter(|(x, y)| long.get(y * width + x) == Some(&false)).collect()
}

/// The angle at which rows of ink and rows of paper differ most, and by how much.
fn best_angle(ink: &[(f32, f32)]) -> (f32, f64) {
    let score = |degrees: f32| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let rows = ink.iter().map(|(x, y)| y * cos - x * sin);
        let least = rows.clone().fold(f32::MAX, f32::min);
        let mut counts: Vec<u32> = Vec::new();
        for row in rows {
            let index = (row - least) as usize;
            if index >= counts.len() {
                counts.resize(index + 1, 0);
            }
            if let Some(count) = counts.get_mut(index) {
                *count += 1;
            }
        }
        counts
            .windows(2)
            .map(|w| if let [a, b] = w { (f64::from(*a) - f64::from(*b)).powi(2) } else { 0.0 })
            .sum::<f64>()
    };
    let mut best = (0.0, score(0.0));
    for step in [1.0, 0.2] {
        let around: f32 = best.0;
        let reach = if step > 0.5 { 8 } else { 5 };
        for n in -reach..=reach {
            let angle = around + n as f32 * step;
            let value = score(angle);
            if value > best.1 * 1.001 {
                best = (angle, value);
            }
        }
    }
    best
}

/// Turns and scales a picture. Gives the map from the new picture's pixels back to the old one's.
fn warp(picture: &Gray, quarter: u8, slant: f32, scale: f32) -> (Gray, [f32; 6]) {
    if quarter == 0 && slant == 0.0 && (scale - 1.0).abs() < 0.01 {
        return (picture.clone(), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    }
    // A sideways page is turned so that its lines lie flat; `slant` is measured on the turned page.
    let angle = (slant - 90.0 * f32::from(quarter)).to_radians();
    let (sin, cos) = angle.sin_cos();
    let (w, h) = (picture.width as f32, picture.height as f32);
    let width = ((w * cos.abs() + h * sin.abs()) * scale).max(1.0) as usize;
    let height = ((w * sin.abs() + h * cos.abs()) * scale).max(1.0) as usize;
    let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
    let (a, b, c, d) = (cos / scale, sin / scale, -sin / scale, cos / scale);
    let (e, f) = (w / 2.0 - a * cx - c * cy, h / 2.0 - b * cx - d * cy);
    let mut data = Vec::with_capacity(width * height);
    for y in 0..height {
        let (py, px0) = (y as f32 + 0.5, 0.5f32);
        let (mut sx, mut sy) = (a * px0 + c * py + e - 0.5, b * px0 + d * py + f - 0.5);
        for _ in 0..width {
            data.push(sample(picture, sx, sy));
            sx += a;
            sy += b;
        }
    }
    (Gray { width, height, data }, [a, b, c, d, e, f])
}

/// The brightness between four pixels; outside the picture is paper.
fn sample(picture: &Gray, x: f32, y: f32) -> u8 {
    if !(x > -1.0 && y > -1.0) {
        return 255;
    }
    let (x0, y0) = (x.max(0.0) as usize, y.max(0.0) as usize);
    if x0 >= picture.width || y0 >= picture.height {
        return 255;
    }
    let (tx, ty) = ((x - x0 as f32).clamp(0.0, 1.0), (y - y0 as f32).clamp(0.0, 1.0));
    let at = |x, y| f32::from(picture.at(x, y));
    let top = at(x0, y0) * (1.0 - tx) + at(x0 + 1, y0) * tx;
    let bottom = at(x0, y0 + 1) * (1.0 - tx) + at(x0 + 1, y0 + 1) * tx;
    (top * (1.0 - ty) + bottom * ty) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with dark bars where lines of text would be.
    fn bars(width: usize, height: usize, slant: f32) -> Gray {
        let tan = slant.to_radians().tan();
        let mut data = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let row = y as f32 - x as f32 * tan;
                let inside = x > width / 10 && x < width * 9 / 10 && y > height / 10 && y < height * 9 / 10;
                let dark = inside && row.rem_euclid(24.0) < 8.0 && x % 12 < 8;
                data.push(if dark { 20 } else { 250 });
            }
        }
        Gray { width, height, data }
    }

    #[test]
    fn a_slant_is_found_to_a_fifth_of_a_degree() {
        for slant in [0.0f32, 2.0, -3.4, 6.0] {
            let (quarter, angle) = lie_of_lines(&bars(900, 1100, slant));
            assert_eq!(quarter, 0);
            assert!((angle - slant).abs() <= 0.3, "{slant} was found as {angle}");
        }
    }

    #[test]
    fn a_sideways_page_is_turned_and_points_lead_back() {
        let turned = upright(bars(900, 1100, 0.0), 6);
        let (quarter, _) = lie_of_lines(&turned);
        assert_eq!(quarter, 1);
        let scan = prepare(0, turned.clone(), page_size(turned.width, turned.height), 0, &Options::default());
        assert!(scan.image.height > scan.image.width, "the page stands");
        let [a, b, c, d, e, f] = scan.to_page;
        let (x, y) = (scan.image.width as f32 / 2.0, scan.image.height as f32 / 2.0);
        let centre = (a * x + c * y + e, b * x + d * y + f);
        assert!((centre.0 - scan.size.0 / 2.0).abs() < 1.0 && (centre.1 - scan.size.1 / 2.0).abs() < 1.0, "{centre:?}");
    }

    #[test]
    fn a_shadow_becomes_paper() {
        let mut page = bars(800, 800, 0.0);
        for (index, pixel) in page.data.iter_mut().enumerate() {
            let shade = 1.0 - 0.6 * ((index % 800) as f32 / 800.0);
            *pixel = (f32::from(*pixel) * shade) as u8;
        }
        let clean = clean(&page);
        let (left, right) = (clean.at(20, 400), clean.at(770, 400));
        assert!(left > 235 && right > 235, "paper is white on both sides: {left} {right}");
        let ink = clean.data.iter().filter(|p| **p < 100).count();
        assert!(ink > 40_000, "ink stays dark: {ink}");
    }

    #[test]
    fn orientations_undo_each_other() {
        let picture = Gray { width: 3, height: 2, data: vec![1, 2, 3, 4, 5, 6] };
        for (there, back) in [(2, 2), (3, 3), (4, 4), (5, 5), (6, 8), (7, 7), (8, 6)] {
            assert_eq!(upright(upright(picture.clone(), there), back), picture, "{there}");
        }
        assert_eq!(upright(picture, 6).data, [4, 1, 5, 2, 6, 3]);
    }

    #[test]
    fn a_broken_chain_of_tiff_pages_ends() {
        let looped = b"II*\0\x08\0\0\0\0\0\x08\0\0\0";
        assert_eq!(tiff_directories(looped), [8]);
        assert!(tiff_directories(b"II*\0\xff\xff\xff\xff").is_empty());
    }
}
