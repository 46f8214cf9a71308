//! What Prometheus is told of jobs.

use jobs::{JobError, JobObserver, JobRun, SEND_MAILS, SEND_MESSAGES};

use crate::outbox_metrics::OutboxMetrics;

/// Counts runs and their time, and notes when each job last succeeded: an alarm goes by that. After
/// each run that sends messages it looks at what is left of them.
pub(crate) struct JobMetrics {
    outbox: OutboxMetrics,
}

impl JobMetrics {
    /// Describes the metrics, once they are collected.
    pub(crate) fn described(outbox: OutboxMetrics) -> Self {
        metrics::describe_counter!("job_runs_total", "Runs by job and outcome");
        metrics::describe_histogram!(
            "job_duration_seconds",
            metrics::Unit::Seconds,
            "Time of a run, by job"
        );
        metrics::describe_gauge!(
            "job_last_success_timestamp",
            metrics::Unit::Seconds,
            "When the last run began that succeeded here, in seconds since 1970"
        );
        metrics::describe_gauge!(
            "mails_dead",
            "Mails that could not be sent and wait for a person"
        );
        Self { outbox }
    }
}

impl JobObserver for JobMetrics {
    fn ran(&self, run: &JobRun) {
        let job = run.job;
        // Also after a run elsewhere: every instance shows the same.
        if job == SEND_MESSAGES {
            self.outbox.observe();
        }
        let outcome = outcome_label(run);
        metrics::counter!("job_runs_total", "job" => job, "outcome" => outcome).increment(1);
        if run.outcome == Err(JobError::HeldElsewhere) {
            return;
        }
        metrics::histogram!("job_duration_seconds", "job" => job).record(run.took);
        if let Ok(summary) = &run.outcome {
            if job == SEND_MAILS {
                let dead = u32::try_from(summary.count("dead")).unwrap_or(u32::MAX);
                metrics::gauge!("mails_dead").set(dead);
            }
            // Whole seconds since 1970 fit until 2106.
            let began = u32::try_from(run.started_at.timestamp()).unwrap_or(u32::MAX);
            metrics::gauge!("job_last_success_timestamp", "job" => job).set(began);
        }
    }
}

fn outcome_label(run: &JobRun) -> &'static str {
    match run.outcome {
        Ok(_) => "succeeded",
        Err(JobError::HeldElsewhere) => "held_elsewhere",
        Err(JobError::Store(_) | JobError::Panicked) => "failed",
    }
}
