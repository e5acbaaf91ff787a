//! A JPEG without what the camera wrote beside the picture: where it was taken, when, with which phone, the small copy of it, a second
//! picture or film behind it. A packet goes to a plan and to others; a photo of a letter must not tell them where the kitchen table
//! stands. The picture itself is not decoded: its dots stay byte by byte what they were.

/// Starts of scan, end of image, comment.
const SCAN: u8 = 0xda;
const END: u8 = 0xd9;
const COMMENT: u8 = 0xfe;
/// Application segments: the JFIF head, color profiles and what Adobe programs write of the colors belong to the picture.
const APPLICATION: std::ops::RangeInclusive<u8> = 0xe0..=0xef;
const JFIF: u8 = 0xe0;
const PROFILE: u8 = 0xe2;
const ADOBE: u8 = 0xee;
const PROFILE_NAME: &[u8] = b"ICC_PROFILE\0";

/// The picture alone; none for a file that is not built as a JPEG is (ITU-T T.81, annex B).
pub(crate) fn bare(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.get(..2).filter(|start| *start == [0xff, 0xd8])?.to_vec();
    let mut at = 2;
    loop {
        // Bytes of filling may stand before a mark.
        while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        let mark = *bytes.get(at..at + 2)?.strip_prefix(&[0xff])?.first()?;
        if mark == END {
            out.extend([0xff, END]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let segment = bytes.get(at..at + 2 + length.max(2))?;
        at += segment.len();
        if belongs(mark, segment.get(4..).unwrap_or_default()) {
            out.extend(segment);
        }
        if mark == SCAN {
            let dots = scan(bytes.get(at..)?);
            out.extend(bytes.get(at..at + dots)?);
            at += dots;
        }
    }
}

/// Whether a segment is part of the picture.
fn belongs(mark: u8, content: &[u8]) -> bool {
    match mark {
        JFIF | ADOBE => true,
        PROFILE => content.starts_with(PROFILE_NAME),
        COMMENT => false,
        _ => !APPLICATION.contains(&mark),
    }
}

/// How many bytes the dots of a scan take: up to the next mark that is neither a stuffed zero nor a restart.
fn scan(bytes: &[u8]) -> usize {
    let marks =
        bytes.windows(2).position(|w| matches!(w, [0xff, m] if *m != 0 && *m != 0xff && !(0xd0..=0xd7).contains(m)));
    marks.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(mark: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
        [&[0xff, mark], length.as_slice(), content].concat()
    }

    #[test]
    fn what_the_camera_wrote_is_left_out_and_the_picture_stays() {
        let jfif = segment(0xe0, b"JFIF\0");
        let profile = segment(0xe2, b"ICC_PROFILE\0colors");
        let table = segment(0xdb, &[0xff, 0xd9, 7]);
        let scan = [segment(0xda, &[1, 2]), vec![5, 0xff, 0, 6, 0xff, 0xd3, 7]].concat();
        let place = segment(0xe1, b"Exif\0\0 latitude 40.7");
        let second = segment(0xe2, b"MPF\0 a second picture");
        let caption = segment(0xed, b"Photoshop 3.0\0 city");
        let note = segment(0xfe, b"taken at home");
        let full = [
            &[0xff, 0xd8],
            place.as_slice(),
            &jfif,
            &profile,
            &second,
            &caption,
            &table,
            &note,
            &scan,
            &scan,
            &[0xff, 0xd9],
            b"film of the kitchen",
        ]
        .concat();
        let wanted = [&[0xff, 0xd8], jfif.as_slice(), &profile, &table, &scan, &scan, &[0xff, 0xd9]].concat();
        assert_eq!(bare(&full), Some(wanted.clone()));
        assert_eq!(bare(&wanted), Some(wanted), "nothing to leave out");
    }

    #[test]
    fn what_is_no_jpeg_is_none() {
        assert_eq!(bare(b"\x89PNG"), None);
        assert_eq!(bare(&[0xff, 0xd8, 0xff, 0xe1, 0, 200, 1]), None, "cut off");
    }
}
