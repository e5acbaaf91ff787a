//! A table of what the features of a sentence weigh for signs it may give, each heard or not: what [`super::tells`] and
//! [`super::risks`] are read from.

use kb::{Kb, KbError};
use serde::Deserialize;

/// The file as written, but for its lines. One line per feature: the feature, a tab, a whole hundredth per sign.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignsFile {
    /// From the sentences of how many letters they were counted.
    letters: usize,
    /// From how many sentences.
    sentences: usize,
    /// By which these can be known again: whoever changes one must count anew.
    #[serde(rename = "fingerprint")]
    _fingerprint: String,
    signs: Vec<String>,
    bias: Vec<f32>,
    /// The share from which a sign is heard.
    heard_at: Vec<f32>,
}

/// The weights for `N` signs, ready for use.
#[derive(Debug)]
pub(super) struct Signs<const N: usize> {
    bias: [f32; N],
    /// The share from which each sign is heard.
    pub(super) heard_at: [f32; N],
    features: kb::weights::Table,
}

impl<const N: usize> Signs<N> {
    /// Reads the weights; none in a knowledge base without them (then the rules stand alone).
    pub(super) fn load(kb: &Kb, file: &str, signs: &[&str; N]) -> Result<Option<Self>, KbError> {
        if kb.source().get(file).is_none() {
            return Ok(None);
        }
        let (read, lines): (SignsFile, _) = kb.weighed(file)?;
        let wrong = |message: String| KbError { file: file.into(), place: None, message, hint: None };
        if read.letters == 0 || read.sentences == 0 {
            return Err(wrong("the weights were counted from no sentence".into()));
        }
        if read.signs != signs {
            return Err(wrong(format!("signs must be {}", signs.join(", "))));
        }
        let each = |list: Vec<f32>, name: &str| {
            <[f32; N]>::try_from(list).map_err(|list| wrong(format!("{name} has {} numbers, not {N}", list.len())))
        };
        let (bias, heard_at) = (each(read.bias, "bias")?, each(read.heard_at, "heard_at")?);
        Ok(Some(Signs { bias, heard_at, features: kb::weights::Table::new(file, lines, N, true)? }))
    }

    /// How far a sentence of these features gives each sign: 0 to 1.
    pub(super) fn shares(&self, features: &[String]) -> [f32; N] {
        let mut sums = self.bias;
        for (name, value) in scaled(features) {
            if let Some(weights) = self.features.get(name) {
                sums.iter_mut().zip(kb::weights::each(weights)).for_each(|(s, w)| *s += w * value);
            }
        }
        sums.map(|s| 1.0 / (1.0 + (-s).exp()))
    }
}

/// The features with their values: each kind scaled to length one.
pub(super) fn scaled(features: &[String]) -> Vec<(&str, f32)> {
    let mut kinds: std::collections::HashMap<Option<u8>, f32> = std::collections::HashMap::new();
    for f in features {
        *kinds.entry(f.bytes().next()).or_default() += 1.0;
    }
    let value = |f: &String| 1.0 / kinds.get(&f.bytes().next()).copied().unwrap_or(1.0).sqrt();
    features.iter().map(|f| (f.as_str(), value(f))).collect()
}
