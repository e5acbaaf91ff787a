//! Long work (reading many pages) beside the pages: what is running and how far, what failed, and how to stop it.
//!
//! Nothing is lost when the program ends in the middle: a paper without stored text is simply read again when its case
//! is opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use extract::ExtractError;
use extract::worker::Watch;

/// What is happening to a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Being read: pages recognized so far, and how many there are (0 while that is not known).
    Running { done: usize, of: usize },
    /// Could not be read.
    Failed(ExtractError),
    /// The person stopped it.
    Stopped,
}

#[derive(Debug)]
enum Work {
    Running(Arc<Watch>),
    Failed(ExtractError),
    Stopped,
}

type Key = (String, String);

/// Work by case and paper. Only what is unfinished or failed is here.
#[derive(Default)]
pub(crate) struct Jobs {
    works: Mutex<HashMap<Key, Work>>,
}

impl Jobs {
    fn all(&self) -> MutexGuard<'_, HashMap<Key, Work>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a paper as being read, and gives the watch for the reader; nothing when it already is being read.
    pub(crate) fn begin(&self, case: &str, paper: &str) -> Option<Arc<Watch>> {
        let mut all = self.all();
        let key = key(case, paper);
        if matches!(all.get(&key), Some(Work::Running(_))) {
            return None;
        }
        let watch = Arc::new(Watch::default());
        all.insert(key, Work::Running(Arc::clone(&watch)));
        Some(watch)
    }

    /// The end of the work, well or not. What was stopped stays stopped, unless it was finished before it noticed.
    pub(crate) fn end(&self, case: &str, paper: &str, failure: Option<ExtractError>) {
        let mut all = self.all();
        let key = key(case, paper);
        match failure {
            None => {
                all.remove(&key);
            }
            Some(_) if matches!(all.get(&key), Some(Work::Stopped)) => {}
            Some(why) => {
                all.insert(key, Work::Failed(why));
            }
        }
    }

    /// Stops everything of a case.
    pub(crate) fn stop(&self, case: &str) {
        for (_, work) in self.all().iter_mut().filter(|((c, _), _)| c == case) {
            if let Work::Running(watch) = work {
                watch.stop();
                *work = Work::Stopped;
            }
        }
    }

    pub(crate) fn stage(&self, case: &str, paper: &str) -> Option<Stage> {
        Some(match self.all().get(&key(case, paper))? {
            Work::Running(watch) => {
                let (done, of) = watch.progress();
                Stage::Running { done, of }
            }
            Work::Failed(why) => Stage::Failed(why.clone()),
            Work::Stopped => Stage::Stopped,
        })
    }

    pub(crate) fn forget(&self, case: &str, paper: &str) {
        self.all().remove(&key(case, paper));
    }
}

fn key(case: &str, paper: &str) -> Key {
    (case.to_string(), paper.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damaged() -> ExtractError {
        ExtractError::new("damaged", "damaged")
    }

    #[test]
    fn a_paper_is_read_once_at_a_time_and_a_failure_can_be_tried_again() {
        let jobs = Jobs::default();
        assert!(jobs.begin("case", "paper").is_some());
        assert!(jobs.begin("case", "paper").is_none());
        jobs.end("case", "paper", Some(damaged()));
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Failed(damaged())));
        assert!(jobs.begin("case", "paper").is_some());
        jobs.end("case", "paper", None);
        assert_eq!(jobs.stage("case", "paper"), None);
    }

    #[test]
    fn stopping_reaches_the_reader_and_its_late_failure_does_not_hide_it() {
        let jobs = Jobs::default();
        let watch = jobs.begin("case", "paper").unwrap();
        let other = jobs.begin("another", "paper").unwrap();
        jobs.stop("case");
        assert!(watch.is_stopped() && !other.is_stopped());
        jobs.end("case", "paper", Some(damaged()));
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Stopped));
        assert!(jobs.begin("case", "paper").is_some(), "it can be read after all");
    }
}
