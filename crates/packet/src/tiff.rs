//! The pages of a TIFF: fax machines and scanners put many into one file, often with dots that are not square.

/// A page: where it begins, and by how much it must be stretched in height to look as it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TiffPage {
    place: u32,
    pub(crate) stretch: f32,
}

/// All pages of a TIFF, in order. A chain that is broken or runs in a ring ends.
pub(crate) fn pages(bytes: &[u8]) -> Vec<TiffPage> {
    let reader = Reader { bytes, big: bytes.starts_with(b"MM") };
    let page = |place: u32| TiffPage { place, stretch: reader.stretch(place as usize).unwrap_or(1.0) };
    extract::tiff_directories(bytes).into_iter().map(page).collect()
}

/// The file with this page first: decoders read the first.
pub(crate) fn beginning_with(bytes: &[u8], page: TiffPage) -> Option<Vec<u8>> {
    extract::tiff_starting_at(bytes, page.place)
}

struct Reader<'a> {
    bytes: &'a [u8],
    big: bool,
}

/// Tags of the dots per unit across and down (TIFF 6.0, section 8).
const ACROSS: usize = 282;
const DOWN: usize = 283;

impl Reader<'_> {
    fn number(&self, at: usize, width: usize) -> Option<usize> {
        let part = self.bytes.get(at..at.checked_add(width)?)?;
        let join = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if self.big { part.iter().fold(0, join) } else { part.iter().rev().fold(0, join) })
    }

    /// Dots per unit across by dots per unit down. Anything beyond a fax's 1 to 2.1 and some room is taken for a mistake.
    fn stretch(&self, directory: usize) -> Option<f32> {
        let ratio = self.fraction(directory, ACROSS)? / self.fraction(directory, DOWN)?;
        (ratio.is_finite() && (0.3..=3.3).contains(&ratio)).then_some(ratio)
    }

    fn fraction(&self, directory: usize, tag: usize) -> Option<f32> {
        let count = self.number(directory, 2)?;
        let entry = (0..count).map(|i| directory + 2 + 12 * i).find(|at| self.number(*at, 2) == Some(tag))?;
        let value = self.number(entry + 8, 4)?;
        Some(self.number(value, 4)? as f32 / self.number(value + 4, 4)? as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_found_once() {
        let one = b"II*\0\x08\0\0\0\0\0\0\0\0\0";
        let two = b"II*\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0\0\0\0";
        let ring = b"MM\0*\0\0\0\x08\0\0\0\0\0\x08";
        assert_eq!((pages(one).len(), pages(two).len(), pages(ring).len(), pages(b"II").len()), (1, 2, 1, 0));
    }

    #[test]
    fn dots_that_are_not_square_are_stretched() {
        let mut fax = b"II*\0\x08\0\0\0\x02\0".to_vec();
        fax.extend([0x1a, 1, 5, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
        fax.extend([0x1b, 1, 5, 0, 1, 0, 0, 0, 46, 0, 0, 0]);
        fax.extend([0, 0, 0, 0]);
        fax.extend([204, 0, 0, 0, 1, 0, 0, 0, 98, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(pages(&fax).iter().map(|p| p.stretch).collect::<Vec<_>>(), [204.0 / 98.0]);
    }
}
