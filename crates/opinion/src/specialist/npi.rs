//! The check digit of a National Provider Identifier.

/// What can be said about a number given as an NPI, without looking it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NpiCheck {
    /// Ten digits, and the check digit fits. Whose number it is must still be looked up.
    Fits,
    /// Ten digits, but the check digit does not fit: a digit is wrong.
    DoesNotFit,
    /// Not ten digits.
    NotTenDigits,
}

/// Checks an NPI as 45 CFR 162.406 and the CMS algorithm do: Luhn over the ten digits with 80840 in front.
///
/// # Example
/// ```
/// assert_eq!(opinion::npi("1234567893"), opinion::NpiCheck::Fits);
/// assert_eq!(opinion::npi("1234567890"), opinion::NpiCheck::DoesNotFit);
/// ```
pub fn npi(text: &str) -> NpiCheck {
    let compact: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let digits: Vec<u32> = compact.iter().filter_map(|c| c.to_digit(10)).collect();
    if compact.len() != 10 || digits.len() != 10 {
        return NpiCheck::NotTenDigits;
    }
    const PREFIX: [u32; 5] = [8, 0, 8, 4, 0];
    let sum: u32 = PREFIX
        .iter()
        .chain(&digits)
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, _) => *d,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    if sum.is_multiple_of(10) { NpiCheck::Fits } else { NpiCheck::DoesNotFit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_wrong_digit_is_noticed() {
        for place in 0..10 {
            for digit in '0'..='9' {
                let mut wrong: Vec<char> = "1234567893".chars().collect();
                if wrong[place] != digit {
                    wrong[place] = digit;
                    assert_eq!(npi(&wrong.iter().collect::<String>()), NpiCheck::DoesNotFit);
                }
            }
        }
    }

    #[test]
    fn other_text_is_not_ten_digits() {
        for text in ["", "123456789", "12345678933", "123456789a", "١٢٣٤٥٦٧٨٩٣"] {
            assert_eq!(npi(text), NpiCheck::NotTenDigits, "{text}");
        }
    }
}
