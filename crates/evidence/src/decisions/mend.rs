//! Rows broken by commas that were not in quotes, put together again where only one reading fits.

use std::collections::BTreeSet;

use super::import::{Columns, Layout, Ruling, ruling};
use super::table::Row;

/// Values of a column with few different ones, by which a broken row can be put together again.
pub(super) struct Known {
    values: Vec<BTreeSet<String>>,
}

impl Known {
    /// From whole rows; and, for values that always hold a comma and so never come in a whole row, from the pairs of
    /// neighbouring pieces that occur most often in broken ones.
    pub(super) fn of(whole: &[&Row], rows: &[Row], layout: &Layout) -> Known {
        let mut values = vec![BTreeSet::new(); layout.width];
        for (_, row) in whole {
            for (set, field) in values.iter_mut().zip(row) {
                if set.len() <= 600 {
                    set.insert(field.trim().to_string());
                }
            }
        }
        let mut pairs: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for (_, row) in rows.iter().filter(|(_, r)| r.len() > layout.width) {
            for two in row.windows(2).filter(|w| w[1].starts_with(' ')) {
                *pairs.entry(format!("{},{}", two[0], two[1])).or_default() += 1;
            }
        }
        let often = pairs.into_iter().filter(|(_, n)| *n >= 20).map(|(p, _)| p.trim().to_string());
        for pair in often {
            for column in [layout.columns[2], layout.columns[4]].into_iter().flatten() {
                values[column].insert(pair.clone());
            }
        }
        Known { values }
    }

    fn fits(&self, column: usize, value: &str) -> bool {
        let set = &self.values[column];
        set.len() > 600 || set.contains(value.trim())
    }
}

/// Joins neighbouring pieces of a row that is too long until it has the right width and every column knows its value.
/// Pieces after a break begin with a space, as in running text; only such pieces are joined.
pub(super) fn mend(row: &[String], layout: &Layout, known: &Known, columns: &Columns) -> Option<Vec<String>> {
    let extra = row.len().checked_sub(layout.width)?;
    if extra == 0 || extra > 4 {
        return None;
    }
    let joints: Vec<usize> = (1..row.len()).filter(|i| row[*i].starts_with(' ')).collect();
    if joints.len() < extra {
        return None;
    }
    let mut found: Option<Vec<String>> = None;
    for chosen in choose(&joints, extra) {
        let candidate = joined(row, &chosen);
        let good = ruling(&candidate, layout, columns) != Ruling::Unknown
            && [layout.columns[2], layout.columns[4], layout.columns[7]]
                .into_iter()
                .flatten()
                .all(|c| known.fits(c, &candidate[c]));
        if good {
            if found.is_some() {
                return None;
            }
            found = Some(candidate);
        }
    }
    found
}

fn choose(joints: &[usize], count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (i, first) in joints.iter().enumerate() {
        for mut rest in choose(&joints[i + 1..], count - 1) {
            rest.insert(0, *first);
            all.push(rest);
        }
    }
    all
}

fn joined(row: &[String], joints: &[usize]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (i, piece) in row.iter().enumerate() {
        match out.last_mut() {
            Some(last) if joints.contains(&i) => {
                last.push(',');
                last.push_str(piece);
            }
            _ => out.push(piece.clone()),
        }
    }
    out
}
