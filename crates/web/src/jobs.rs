//! Long work (reading many pages, a large packet) beside the pages: what is running and how far, what failed, and how to
//! stop it.
//!
//! Nothing is lost when the program ends in the middle: a paper without stored text is simply read again when its case
//! is opened, from the page where it stood.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use extract::ExtractError;
use extract::worker::Watch;

/// What is happening to a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Being worked on: steps done so far (pages recognized), and how many there are (0 while that is not known).
    Running { done: usize, of: usize },
    /// Could not be done.
    Failed(ExtractError),
    /// The person stopped it.
    Stopped,
}

#[derive(Debug)]
enum Work {
    Running(Arc<Watch>),
    Failed(ExtractError),
    Stopped(Arc<Watch>),
}

type Key = (String, String);
type Works = HashMap<Key, Work>;

/// Work by case and paper. Only what is unfinished or failed is here.
#[derive(Default)]
pub(crate) struct Jobs {
    works: Arc<Mutex<Works>>,
}

/// Work that has begun. However it ends, in a panic too, its end is noted: a page never waits for work that is gone.
#[derive(Debug)]
pub(crate) struct Ticket {
    works: Arc<Mutex<Works>>,
    key: Key,
    watch: Arc<Watch>,
    failure: Option<ExtractError>,
}

impl Ticket {
    /// For whoever does the work: how far it is, and whether to stop.
    pub(crate) fn watch(&self) -> &Watch {
        &self.watch
    }

    /// The end of the work, well or not.
    pub(crate) fn end(mut self, result: Result<(), ExtractError>) {
        self.failure = result.err();
    }
}

impl Drop for Ticket {
    /// What was stopped stays stopped, unless it was finished before it noticed; what was begun anew in the meantime is
    /// not ended by the one before.
    fn drop(&mut self) {
        let mut all = lock(&self.works);
        let stopped = match all.get(&self.key) {
            Some(Work::Running(watch)) if Arc::ptr_eq(watch, &self.watch) => false,
            Some(Work::Stopped(watch)) if Arc::ptr_eq(watch, &self.watch) => true,
            _ => return,
        };
        match self.failure.take() {
            None => {
                all.remove(&self.key);
            }
            Some(_) if stopped => {}
            Some(why) => {
                all.insert(self.key.clone(), Work::Failed(why));
            }
        }
    }
}

fn lock(works: &Mutex<Works>) -> MutexGuard<'_, Works> {
    works.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Jobs {
    /// Marks a paper as being worked on; nothing when it already is.
    pub(crate) fn begin(&self, case: &str, paper: &str) -> Option<Ticket> {
        let mut all = lock(&self.works);
        let key = key(case, paper);
        if matches!(all.get(&key), Some(Work::Running(_))) {
            return None;
        }
        let watch = Arc::new(Watch::default());
        all.insert(key.clone(), Work::Running(Arc::clone(&watch)));
        let failure = Some(ExtractError::new("our_fault", "The work ended before it was done."));
        Some(Ticket { works: Arc::clone(&self.works), key, watch, failure })
    }

    /// Stops one work of a case.
    pub(crate) fn stop_one(&self, case: &str, what: &str) {
        if let Some(work) = lock(&self.works).get_mut(&key(case, what))
            && let Work::Running(watch) = work
        {
            watch.stop();
            *work = Work::Stopped(Arc::clone(watch));
        }
    }

    /// Stops everything of a case.
    pub(crate) fn stop(&self, case: &str) {
        for (_, work) in lock(&self.works).iter_mut().filter(|((c, _), _)| c == case) {
            if let Work::Running(watch) = work {
                watch.stop();
                *work = Work::Stopped(Arc::clone(watch));
            }
        }
    }

    pub(crate) fn stage(&self, case: &str, paper: &str) -> Option<Stage> {
        Some(match lock(&self.works).get(&key(case, paper))? {
            Work::Running(watch) => {
                let (done, of) = watch.progress();
                Stage::Running { done, of }
            }
            Work::Failed(why) => Stage::Failed(why.clone()),
            Work::Stopped(_) => Stage::Stopped,
        })
    }

    pub(crate) fn forget(&self, case: &str, paper: &str) {
        lock(&self.works).remove(&key(case, paper));
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
    fn one_work_is_stopped_and_the_others_go_on() {
        let jobs = Jobs::default();
        let (packet, paper) = (jobs.begin("case", "packet").unwrap(), jobs.begin("case", "paper").unwrap());
        jobs.stop_one("case", "packet");
        assert!(packet.watch().is_stopped() && !paper.watch().is_stopped());
        packet.end(Err(damaged()));
        assert_eq!(jobs.stage("case", "packet"), Some(Stage::Stopped));
        jobs.stop_one("case", "packet");
        jobs.stop_one("case", "nothing");
        assert!(jobs.begin("case", "packet").is_some(), "what was stopped can be begun again");
    }

    #[test]
    fn a_paper_is_read_once_at_a_time_and_a_failure_can_be_tried_again() {
        let jobs = Jobs::default();
        let first = jobs.begin("case", "paper").unwrap();
        assert!(jobs.begin("case", "paper").is_none());
        first.end(Err(damaged()));
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Failed(damaged())));
        jobs.begin("case", "paper").unwrap().end(Ok(()));
        assert_eq!(jobs.stage("case", "paper"), None);
    }

    #[test]
    fn stopping_reaches_the_reader_and_its_late_failure_does_not_hide_it() {
        let jobs = Jobs::default();
        let ticket = jobs.begin("case", "paper").unwrap();
        let other = jobs.begin("another", "paper").unwrap();
        jobs.stop("case");
        assert!(ticket.watch().is_stopped() && !other.watch().is_stopped());
        ticket.end(Err(damaged()));
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Stopped));
        assert!(jobs.begin("case", "paper").is_some(), "it can be read after all");
    }

    #[test]
    fn the_end_of_what_was_stopped_does_not_end_what_was_begun_after_it() {
        let jobs = Jobs::default();
        let old = jobs.begin("case", "paper").unwrap();
        jobs.stop("case");
        jobs.forget("case", "paper");
        let new = jobs.begin("case", "paper").unwrap();
        old.end(Err(ExtractError::new("stopped", "")));
        assert_eq!(jobs.stage("case", "paper"), Some(Stage::Running { done: 0, of: 0 }));
        new.end(Ok(()));
        assert_eq!(jobs.stage("case", "paper"), None);
    }

    #[test]
    fn work_that_panics_has_failed() {
        let jobs = Jobs::default();
        let ticket = jobs.begin("case", "paper").unwrap();
        let broken = std::thread::spawn(move || {
            let _ticket = ticket;
            std::panic::resume_unwind(Box::new("broken"))
        });
        assert!(broken.join().is_err());
        assert!(matches!(jobs.stage("case", "paper"), Some(Stage::Failed(e)) if e.code == "our_fault"));
    }
}
