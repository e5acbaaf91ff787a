//! A page's drawing instructions → its glyphs with their letters and places. Nothing is painted.

use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::font::Glyph as FontGlyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::{BlendMode, ClipPath, Device, GlyphDrawMode, Image, Paint, PathDrawMode, SoftMask};

/// A glyph as it stands on the page, in points from the top left corner.
#[derive(Debug, Clone)]
pub(crate) struct Glyph {
    /// Its letters (a ligature has several), a range of [`Glyphs::text`].
    pub(crate) text: (usize, usize),
    /// Where it starts on its baseline.
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Where the next one would start; `None` when the font does not say.
    pub(crate) end: Option<(f32, f32)>,
    /// The unit vector along the line of text.
    pub(crate) along: (f32, f32),
    /// Font size in points.
    pub(crate) size: f32,
}

/// Everything on a page that matters for reading.
#[derive(Debug, Default)]
pub(crate) struct Glyphs {
    pub(crate) text: String,
    pub(crate) items: Vec<Glyph>,
    /// How many glyphs have no known letter.
    pub(crate) unknown: usize,
    /// How much of the page its pictures cover, 0 to 1.
    pub(crate) image_cover: f32,
    /// How many shapes are drawn: text drawn as outlines has many and no glyphs.
    pub(crate) shapes: usize,
}

/// A device that notes glyphs and the extent of pictures.
pub(super) struct Collector {
    page: Rect,
    limit: usize,
    found: Glyphs,
}

impl Collector {
    /// `limit`: the most glyphs kept from one page; a page of a book has about 3 000.
    pub(super) fn new(width: f32, height: f32, limit: usize) -> Self {
        let page = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        Collector { page, limit, found: Glyphs::default() }
    }

    pub(super) fn finish(self) -> Glyphs {
        self.found
    }

    fn push(&mut self, letters: &str, at: Point, end: Option<Point>, along: (f64, f64), size: f64) {
        let start = self.found.text.len();
        for c in letters.chars() {
            push_letter(&mut self.found.text, c);
        }
        self.found.items.push(Glyph {
            text: (start, self.found.text.len()),
            x: at.x as f32,
            y: at.y as f32,
            end: end.map(|p| (p.x as f32, p.y as f32)),
            along: (along.0 as f32, along.1 as f32),
            size: size as f32,
        });
    }
}

/// Ligatures become their letters, odd spaces a space, and the bullets of symbol fonts a bullet.
fn push_letter(text: &mut String, c: char) {
    match c {
        '\u{fb00}' => text.push_str("ff"),
        '\u{fb01}' => text.push_str("fi"),
        '\u{fb02}' => text.push_str("fl"),
        '\u{fb03}' => text.push_str("ffi"),
        '\u{fb04}' => text.push_str("ffl"),
        '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\t' | '\n' | '\r' => {
            text.push(' ')
        }
        '\u{f0b7}' | '\u{f0a7}' | '\u{f06e}' | '\u{f076}' => text.push('•'),
        '\u{f0a8}' | '\u{f06f}' | '\u{f071}' => text.push('☐'),
        '\u{f0fe}' | '\u{f0fd}' => text.push('☒'),
        '\u{200b}' | '\u{feff}' | '\u{2060}' => {}
        c if c.is_control() => {}
        c => text.push(c),
    }
}

impl<'a> Device<'a> for Collector {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {
        self.found.shapes += 1;
    }

    fn draw_rect(&mut self, _: &Rect, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        let frame = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let seen = (transform * frame.to_path(0.1)).bounding_box().intersect(self.page);
        let cover = seen.area() / self.page.area().max(1.0);
        if cover.is_finite() {
            self.found.image_cover = (self.found.image_cover + cover as f32).min(1.0);
        }
    }

    fn draw_glyph(
        &mut self,
        glyph: &FontGlyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        if self.found.items.len() >= self.limit {
            return;
        }
        let place = transform * glyph_transform;
        let at = place * Point::ZERO;
        // Text off the page is not seen by a reader either; a small margin keeps what is cut at the edge.
        if !at.is_finite() || !self.page.inflate(4.0, 4.0).contains(at) {
            return;
        }
        let right = place * Point::new(1000.0, 0.0) - at;
        let up = place * Point::new(0.0, 1000.0) - at;
        let (width, size) = (right.hypot(), up.hypot());
        if !(width.is_finite() && size.is_finite()) || width < 1e-6 || !(0.2..=2000.0).contains(&size) {
            return;
        }
        let advance = match glyph {
            FontGlyph::Outline(o) => o.advance_width().filter(|w| w.is_finite()).map(f64::from),
            FontGlyph::Type3(_) => None,
        };
        let end = advance.map(|a| place * Point::new(a, 0.0));
        let along = (right.x / width, right.y / width);
        match letters(glyph) {
            Some(BfString::Char(c)) => self.push(c.encode_utf8(&mut [0; 4]), at, end, along, size),
            Some(BfString::String(s)) => self.push(&s, at, end, along, size),
            None => {
                self.found.unknown += 1;
                self.push("\u{fffd}", at, end, along, size);
            }
        }
    }
}

/// The letters of a glyph; a glyph without letters and without ink is a space.
fn letters(glyph: &FontGlyph<'_>) -> Option<BfString> {
    let known = glyph.as_unicode().filter(|t| match t {
        BfString::Char(c) => *c != '\0',
        BfString::String(s) => !s.is_empty(),
    });
    known.or_else(|| match glyph {
        FontGlyph::Outline(o) if o.outline().elements().is_empty() => Some(BfString::Char(' ')),
        _ => None,
    })
}
