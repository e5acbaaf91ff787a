//! Long work (reading many pages) beside the pages: what is running, what failed, and how to stop it.
//!
//! Nothing is lost when the program ends in the middle: a paper without stored text is simply read again when its case
//! is opened.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is happening to a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Being read.
    Running,
    /// Could not be read; the reason for a person.
    Failed(String),
    /// The person stopped it.
    Stopped,
}

/// Work by case and paper. Only what is unfinished or failed is here.
#[derive(Default)]
pub(crate) struct Jobs {
    stages: Mutex<HashMap<(String, String), Stage>>,
}

impl Jobs {
    fn all(&self) -> MutexGuard<'_, HashMap<(String, String), Stage>> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a paper as being read; false when it already is.
    pub(crate) fn begin(&self, case: &str, paper: &str) -> bool {
        let mut all = self.all();
        let key = (case.to_string(), paper.to_string());
        if all.get(&key) == Some(&Stage::Running) {
            return false;
        }
        all.insert(key, Stage::Running);
        true
    }

    /// The end of the work, well or not. What was stopped stays stopped.
    pub(crate) fn end(&self, case: &str, paper: &str, failure: Option<String>) {
        let mut all = self.all();
        let key = (case.to_string(), paper.to_string());
        match failure {
            None => all.remove(&key),
            Some(why) => all.insert(key, Stage::Failed(why)),
        };
    }

    /// Stops everything of a case: results that come later are not waited for.
    pub(crate) fn stop(&self, case: &str) {
        for (_, stage) in self.all().iter_mut().filter(|((c, _), s)| c == case && **s == Stage::Running) {
            *stage = Stage::Stopped;
        }
    }

    pub(crate) fn stage(&self, case: &str, paper: &str) -> Option<Stage> {
        self.all().get(&(case.to_string(), paper.to_string())).cloned()
    }

    pub(crate) fn forget(&self, case: &str, paper: &str) {
        self.all().remove(&(case.to_string(), paper.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_read_once_at_a_time_and_a_failure_can_be_tried_again() {
        let jobs = Jobs::default();
        assert!(jobs.begin("case", "paper"));
        assert!(!jobs.begin("case", "paper"));
        jobs.end("case", "paper", Some("damaged".into()));
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Failed("damaged".into())));
        assert!(jobs.begin("case", "paper"));
        jobs.stop("case");
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Stopped));
        jobs.end("case", "paper", None);
        assert_eq!(jobs.stage("case", "paper"), None);
    }
}
