//! What a load measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::failure::{Context as _, Failure};

/// The figures of one load.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures {
    /// How many connections it had.
    pub(crate) connections: u32,
    /// How long it took, in seconds.
    pub(crate) seconds: f64,
    /// Answers of 2xx and 3xx in a second.
    pub(crate) successes_per_second: f64,
    /// Answers of any status in a second.
    pub(crate) answers_per_second: f64,
    /// Half of all answers took no longer, in milliseconds; so do the next ones.
    pub(crate) p50_ms: f64,
    /// 90 of 100 answers.
    pub(crate) p90_ms: f64,
    /// 99 of 100 answers.
    pub(crate) p99_ms: f64,
    /// The slowest answer.
    pub(crate) max_ms: f64,
    /// How many processors the client kept busy: what it takes from what it measures. Of all loads
    /// together where several run side by side.
    pub(crate) client_processors: f64,
    /// What was counted.
    #[serde(flatten)]
    pub(crate) counted: Counted,
}

/// What the connections counted.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Counted {
    /// Requests that were sent, or that a gone service could not be sent.
    pub(crate) requests: u64,
    /// Answers by their status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Refusals and errors by the code of their envelope.
    pub(crate) codes: BTreeMap<String, u64>,
    /// Requests whose connection broke: whether they were carried out is not known.
    pub(crate) broken: u64,
    /// The ids of what was created, if the load remembers them.
    #[serde(skip)]
    pub(crate) created: Vec<Uuid>,
}

impl Counted {
    pub(super) fn sent(&mut self) {
        self.requests = self.requests.saturating_add(1);
    }

    pub(super) fn broke(&mut self) {
        self.broken = self.broken.saturating_add(1);
    }

    pub(super) fn answered(&mut self, status: u16, code: Option<&str>, created: Option<Uuid>) {
        count(self.statuses.entry(status).or_default(), 1);
        if let Some(code) = code {
            match self.codes.get_mut(code) {
                Some(known) => count(known, 1),
                None => drop(self.codes.insert(code.to_owned(), 1)),
            }
        }
        self.created.extend(created);
    }

    pub(super) fn add(&mut self, other: Self) {
        count(&mut self.requests, other.requests);
        count(&mut self.broken, other.broken);
        for (status, times) in other.statuses {
            count(self.statuses.entry(status).or_default(), times);
        }
        for (code, times) in other.codes {
            count(self.codes.entry(code).or_default(), times);
        }
        self.created.extend(other.created);
    }
}

fn count(counter: &mut u64, times: u64) {
    *counter = counter.saturating_add(times);
}

impl Figures {
    /// Reads rlt's report and adds what we counted ourselves, and the client's seconds of processor
    /// time.
    pub(super) fn read(
        report: &str,
        counted: Counted,
        processor_time: f64,
    ) -> Result<Self, Failure> {
        let report: Report = serde_json::from_str(report).context("reading the load's report")?;
        let latency = report.latency.unwrap_or_default();
        let percentile = |name: &str| latency.percentiles.get(name).copied().unwrap_or_default();
        Ok(Self {
            connections: report.summary.concurrency,
            seconds: report.summary.total_time,
            successes_per_second: report.summary.items.rate,
            answers_per_second: report.summary.iters.rate,
            p50_ms: percentile("p50") * 1000.0,
            p90_ms: percentile("p90") * 1000.0,
            p99_ms: percentile("p99") * 1000.0,
            max_ms: latency.stats.max * 1000.0,
            client_processors: processor_time / report.summary.total_time.max(0.001),
            counted,
        })
    }

    /// How many answers had this status.
    pub(crate) fn answers(&self, status: u16) -> u64 {
        self.counted.statuses.get(&status).copied().unwrap_or(0)
    }

    /// How many answers there were.
    pub(crate) fn all_answers(&self) -> u64 {
        self.counted.statuses.values().sum()
    }

    /// How many requests have no answer: their connection broke, or the load was over first.
    /// They may have been carried out.
    pub(crate) fn unanswered(&self) -> u64 {
        self.counted.requests.saturating_sub(self.all_answers())
    }

    /// The statuses, but for those wanted, and how often they came.
    pub(crate) fn other_than(&self, wanted: &[u16]) -> Vec<(u16, u64)> {
        let statuses = self.counted.statuses.iter();
        let others = statuses.filter(|(status, _)| !wanted.contains(status));
        others.map(|(status, times)| (*status, *times)).collect()
    }
}

#[derive(Deserialize)]
struct Report {
    summary: Summary,
    latency: Option<Latency>,
}

#[derive(Deserialize)]
struct Summary {
    total_time: f64,
    concurrency: u32,
    iters: Rate,
    items: Rate,
}

#[derive(Deserialize)]
struct Rate {
    rate: f64,
}

#[derive(Default, Deserialize)]
struct Latency {
    stats: Stats,
    percentiles: BTreeMap<String, f64>,
}

#[derive(Default, Deserialize)]
struct Stats {
    max: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As rlt 0.5 writes it.
    const REPORT: &str = r#"{"summary": {"success_ratio": 1.0, "total_time": 2.0,
        "concurrency": 4, "iters": {"total": 10, "rate": 5.0, "bytes_per_iter": 1},
        "items": {"total": 8, "rate": 4.0, "items_per_iter": 0.8},
        "bytes": {"total": 10, "rate": 5.0}},
        "latency": {"stats": {"min": 0.001, "max": 0.5, "mean": 0.1, "median": 0.1,
        "stdev": 0.1}, "percentiles": {"p50": 0.01, "p90": 0.02, "p99": 0.25, "p99.9": 0.5},
        "histogram": {}}, "status": {}, "errors": {}}"#;

    #[test]
    fn rates_are_rlts_and_times_are_in_milliseconds() {
        let mut counted = Counted::default();
        for status in [201, 201, 409] {
            counted.sent();
            counted.answered(status, (status == 409).then_some("quota.sold_out"), None);
        }
        counted.sent();
        let figures = Figures::read(REPORT, counted, 1.0).unwrap();
        assert_eq!(figures.connections, 4);
        assert_eq!(figures.successes_per_second.to_string(), "4");
        assert_eq!(figures.p99_ms.to_string(), "250");
        assert_eq!((figures.answers(201), figures.unanswered()), (2, 1));
        assert_eq!(figures.client_processors.to_string(), "0.5");
        assert_eq!(figures.other_than(&[201]), [(409, 1)]);
        assert_eq!(figures.counted.codes.get("quota.sold_out"), Some(&1));
    }
}
